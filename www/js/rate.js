/* Rating a finished case: its owner, signed in, or who has just shown number, phone and code at the tracker. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const MOST = 4;
  const LOW = 2;
  const no = ZY.no();
  let ticket = '';
  let r = null;
  const key = ZY.key();

  function kept() {
    try { return JSON.parse(ZY.recall('rate.' + no)); } catch (e) { return null; }
  }
  function read() {
    const k = kept();
    if (k) {
      ticket = k.ticket;
      return Promise.resolve(k.rating);
    }
    return ZY.api('GET', '/api/applications/' + encodeURIComponent(no) + '/rating').then(function (a) { return a.data; });
  }
  function score() {
    const at = $('input[name=score]:checked');
    return at ? +at.value : 0;
  }
  function chosen() { return ZY.$$('#choices input:checked').map(function (i) { return i.value; }); }

  function option(type, name, id, value, text, on) {
    const input = ZY.el('input', { type: type, name: name, id: id, value: value });
    input.checked = on;
    return ZY.el('div', { class: 'opt' }, [input, ZY.el('label', { for: id, text: text })]);
  }
  /* The reasons that fit the level; what was chosen stays where it fits. */
  function reasons(had) {
    const s = score();
    const fit = r.choices.filter(function (c) { return s >= c.from && s <= c.to; });
    ZY.clear($('#choices'));
    fit.forEach(function (c, i) {
      $('#choices').appendChild(option('checkbox', 'reasons', 'reasons-' + i, c.code, c.text, had.indexOf(c.code) >= 0));
    });
    $('#why-t').textContent = ZY.t(s > 3 ? 'rate.good' : s < 3 ? 'rate.bad' : 'rate.mid');
    ZY.show($('#why'), s > 0);
  }
  function drawGiven(thanks) {
    const box = ZY.clear($('#given'));
    if (thanks) {
      box.appendChild(ZY.el('div', { class: 'box box-ok', tabindex: '-1', id: 'thanks' }, [ZY.el('p', {}, [ZY.el('strong', { text: ZY.t('rate.thanks') })])]));
      if (r.score <= LOW) { $('#thanks').appendChild(ZY.el('p', { text: ZY.t('rate.call') })); }
    }
    if (r.score) {
      box.appendChild(ZY.el('p', {}, [ZY.el('strong', { text: ZY.t('rate.given', { level: r.level }) })].concat(r.reasons.map(function (x) {
        return ZY.el('span', { class: 'tag', text: x.text });
      }))));
      if (r.words) { box.appendChild(ZY.el('p', { class: 'muted', text: ZY.t('rate.words', { words: r.words }) })); }
    }
    if (r.why) { box.appendChild(ZY.el('p', { class: 'box', text: r.why })); }
    if (r.score && r.may) { box.appendChild(ZY.el('p', { class: 'muted small', text: ZY.t('rate.until', { day: ZY.fmt.date(r.until) }) })); }
    ZY.show(box, Boolean(box.firstChild));
    if (thanks) { $('#thanks').focus(); }
  }
  function draw(thanks) {
    $('#of').textContent = no;
    drawGiven(thanks);
    ZY.show($('#rate'), r.may && !thanks);
    ZY.clear($('#levels'));
    r.levels.forEach(function (l, i) {
      $('#levels').appendChild(option('radio', 'score', i ? 'score-' + l.score : 'score', String(l.score), l.name, r.score === l.score));
    });
    reasons(r.reasons.map(function (x) { return x.code; }));
    $('#words').value = r.words || '';
  }
  function send(body) {
    return ticket ? ZY.api('POST', '/api/track/rating', { body: { no: no, ticket: ticket, rating: body } })
      : ZY.api('POST', '/api/applications/' + encodeURIComponent(no) + '/rating', { body: body, key: key });
  }

  ZY.ready(function () {
    if (!no) { location.replace(ZY.home + '/track/'); return; }
    $('#levels').addEventListener('change', function () { reasons(chosen()); });
    ZY.onSubmit($('#rate'), function () {
      const faults = [];
      if (!score()) { faults.push({ pointer: '#/score', detail: ZY.t('rate.choose') }); }
      if (chosen().length > MOST) { faults.push({ pointer: '#/reasons-0', detail: ZY.t('rate.most') }); }
      if (faults.length) { ZY.errors.show(faults); return null; }
      ZY.errors.clear();
      return send({ score: score(), reasons: chosen(), words: $('#words').value.trim() || null }).then(function (a) {
        r = a.data;
        if (ticket) { ZY.remember('rate.' + no, JSON.stringify({ ticket: ticket, rating: r })); }
        draw(true);
      });
    });
    ZY.load(read, function (data) {
      r = data;
      draw(false);
    });
  });
}(window.ZY));
