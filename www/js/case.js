/* Status of a case: whose turn, gates, what happened. Used by the tracker and by the owner's page. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const OVER = ['completed', 'rejected', 'withdrawn', 'expired'];
  const CAN_WITHDRAW = ['submitted', 'reviewing', 'returned', 'accepted', 'second_review'];

  ZY.turnTitle = function (k) {
    if (k.state === 'sent') { return ZY.t('turn.courier'); }
    const what = k.turn_text || k.state_name;
    if (/[：:]/.test(what) || k.turn === 'nobody') { return what; }
    return ZY.t('turn.' + k.turn, { what: what });
  };
  /* gates: dl rows */
  ZY.gateRows = function (dl, gates, state) {
    ZY.clear(dl);
    gates.filter(function (g) { return g.required; }).forEach(function (g) {
      const said = g.closed_at ? ZY.t('gate.closed', { date: ZY.fmt.date(g.closed_at) })
        : ZY.t(g.name === 'scans' && state !== 'returned' ? 'gate.open.ca' : 'gate.open.applicant');
      dl.appendChild(ZY.el('div', { class: g.closed_at ? 'on' : '' }, [ZY.el('dt', { text: g.label || ZY.t('gate.' + g.name) }), ZY.el('dd', { text: said })]));
    });
  };
  function events(ol, list) {
    ZY.clear(ol);
    list.slice().sort(function (a, b) { return a.at < b.at ? 1 : a.at > b.at ? -1 : 0; }).forEach(function (e, i) {
      ol.appendChild(ZY.el('li', { 'aria-current': i ? null : 'step' }, [
        e.text || e.state_name, e.meaning ? ZY.el('p', { class: 'hint', text: e.meaning }) : '', ZY.el('time', { datetime: e.at, text: ZY.fmt.dateTime(e.at) + ' · ' + ZY.t('by.' + e.by) })]));
    });
  }
  /* Online, what is waited for can be done from submission on. */
  function waits(k, gate) {
    return ['submitted', 'reviewing', 'accepted'].indexOf(k.state) >= 0 && k.channel === 'online' &&
      (k.gates || []).some(function (g) { return g.name === gate && !g.closed_at; });
  }
  ZY.showStatus = function (box, k, timeline, own) {
    const node = ZY.tpl('t-status');
    ZY.clear(box).appendChild(node);
    ZY.text(node, '.kind', ZY.t('track.kind', { no: k.no, what: own ? ZY.t('tasks.item', { service: k.service_name, holder: ZY.t('holder.' + k.holder) }) : k.service_name }));
    ZY.text(node, '.turn h2', ZY.turnTitle(k));
    const next = (k.next || []).filter(function (n) { return n.action !== 'none' && n.action !== 'wait'; });
    if (waits(k, 'money') && !next.some(function (n) { return n.action === 'pay'; })) { next.unshift({ action: 'pay' }); }
    if (waits(k, 'signature')) { next.push({ action: 'sign' }); }
    const say = (k.next || [])[0];
    const shut = (k.hints || []).filter(function (h) { return h.code === 'stays_closed'; })[0];
    ZY.text(node, '.say', shut && shut.text || say && say.action !== 'none' && say.action !== 'wait' && say.text || k.state_text || ZY.t('state.say.' + k.state));
    const due = $('.due', node);
    if (k.by && k.by !== k.due) {
      due.appendChild(ZY.time(k.by));
      due.appendChild(document.createTextNode((ZY.home && ' ') + k.by_text));
    } else if (k.due && OVER.concat('sent', 'ready', 'installing').indexOf(k.state) < 0) {
      due.appendChild(document.createTextNode(ZY.t('turn.due.before')));
      due.appendChild(ZY.time(k.due));
      due.appendChild(document.createTextNode(ZY.t('turn.due.after')));
    } else { ZY.show(due, false); }
    const act = $('.act', node);
    const go = own ? { install: ZY.link(k.effect === 'unlock' ? 'unlock.html' : 'install.html', k.no), sign: ZY.link('sign.html', k.no), fill: ZY.link('tasks.html', k.no), form: ZY.link('form.html', k.no),
      upload: ZY.link('upload.html', k.no), submit: ZY.link('submit.html', k.no), correct: ZY.link('fix.html', k.no), pay: ZY.link('pay.html', k.no),
      post_originals: '#post', visit: '#counter', collect: '#counter' } : {};
    next.filter(function (n) { return go[n.action] && ZY.hasText('act.' + n.action); }).forEach(function (n, i) {
      if (i) { act.appendChild(document.createTextNode(' ')); }
      act.appendChild(ZY.el('a', { class: i ? 'btn btn-2' : 'btn', href: go[n.action], text: ZY.t('act.' + n.action) }));
    });
    ZY.show(act, Boolean(act.firstChild));
    if (k.waybill) {
      const w = ZY.tpl('t-waybill');
      ZY.text(w, '#waybill', k.waybill);
      $('.more', node).appendChild(w);
    }
    const gates = (k.gates || []).filter(function (g) { return g.required; });
    ZY.show($('.gates-part', node), gates.length > 0 && ['draft', 'printed'].indexOf(k.state) < 0);
    ZY.gateRows($('.gates', node), gates, k.state);
    ZY.text(node, '.promise', k.due ? '' : k.promise || '');
    ZY.show($('.promise', node), !k.due && Boolean(k.promise));
    events($('section[aria-labelledby=tl-t] .tl', node), timeline);
    return node;
  };

  /* Where a finished case is rated; false: it may not be, and was not. */
  ZY.rateLink = function (a, no, r) {
    a.href = ZY.home + '/track/rate.html?no=' + encodeURIComponent(no);
    a.textContent = r.act || '';
    return Boolean(r.act);
  };

  ZY.ready(function () {
    const box = document.getElementById('status');
    if (!box) { return; }
    function read() {
      if (!ZY.no()) { location.replace(ZY.home + '/apply/tasks.html'); return new Promise(function () { /* leaving */ }); }
      return Promise.all([ZY.fetchCase(), ZY.api('GET', '/api/applications/' + ZY.no() + '/events')]);
    }
    function draw(both) {
      const k = both[0];
      ZY.showStatus(box, k, both[1].data.items, true);
      ZY.$$('a[data-page]').forEach(function (a) { a.href = ZY.link(a.dataset.page); });
      ZY.show($('#papers'), Boolean(k.submitted_at));
      const byHand = k.delivery && k.delivery.mode === 'pickup';
      ZY.show($('#post'), k.channel === 'post' && OVER.indexOf(k.state) < 0);
      ZY.show($('#counter'), (k.channel === 'counter' || byHand) && OVER.indexOf(k.state) < 0);
      ZY.show($('#withdraw'), CAN_WITHDRAW.indexOf(k.state) >= 0);
      if (k.state === 'completed' && k.amount_fen > 0) { invoice(); }
      if (k.state === 'completed') { rating(); }
      if ((k.state === 'sent' || k.state === 'completed') && !byHand) { way(); }
      ['post', 'counter'].forEach(function (id) {
        ZY.$$('a[href="#' + id + '"]').forEach(function (a) { a.addEventListener('click', function () { document.getElementById(id).open = true; }); });
      });
    }
    function rating() {
      return ZY.api('GET', '/api/applications/' + ZY.no() + '/rating', { quiet: true }).then(function (r) {
        ZY.show($('#rating'), ZY.rateLink($('#rating-go'), ZY.no(), r.data));
      }, function () { /* the page says the rest */ });
    }
    /* What the courier says, newest first. */
    function way() {
      return ZY.api('GET', '/api/applications/' + ZY.no() + '/parcel', { quiet: true }).then(function (r) {
        const p = r.data.parcel;
        if (!p) { return; }
        const w = ZY.tpl('t-waybill');
        const ol = $('#way', w);
        ZY.text(w, '#waybill', p.waybill);
        ZY.show(ol, p.steps.length > 0);
        p.steps.forEach(function (s, i) {
          ol.appendChild(ZY.el('li', { 'aria-current': i ? null : 'step' }, [
            [s.place, s.text].filter(Boolean).join(ZY.t('colon')), s.at ? ZY.el('time', { datetime: s.at, text: ZY.fmt.dateTime(s.at) }) : '']));
        });
        ZY.clear($('.more', box)).appendChild(w);
      }, function () { /* the page says the rest */ });
    }
    function invoice() {
      const at = '/api/applications/' + ZY.no() + '/invoice';
      return ZY.api('GET', at, { quiet: true }).then(function (r) {
        const v = r.data;
        ZY.show($('#invoice'), v.state !== 'none');
        ZY.text(document, '#inv-say', v.red_number ? ZY.t('inv.red', { n: v.red_number })
          : v.number ? ZY.t('inv.one', { n: v.number, fen: ZY.fmt.money(v.total_fen) })
            : v.due_day ? ZY.t('inv.due', { day: ZY.fmt.date(v.due_day) }) : ZY.t('inv.soon'));
        ZY.show($('#inv-files'), Boolean(v.number));
        ZY.show($('#inv-pdf'), v.pdf);
        ZY.show($('#inv-send'), !v.red_number);
        $('#inv-pdf').href = at + '/pdf';
        $('#inv-xml').href = at + '/xml';
      }, function () { /* the page says the rest */ });
    }
    ZY.onPress($('#inv-send'), function () {
      return ZY.api('POST', '/api/applications/' + ZY.no() + '/invoice', { key: true }).then(function () { ZY.say(ZY.t('inv.again')); });
    });
    /* What changed is drawn anew; the reader keeps his place. */
    function again() {
      return read().then(function (both) {
        const at = document.activeElement;
        const link = box.contains(at) && at.getAttribute('href');
        draw(both);
        const same = link && ZY.$$('a', box).filter(function (a) { return a.getAttribute('href') === link; })[0];
        if (same) { same.focus({ preventScroll: true }); }
        $('#msgs').dataset.done = '';
        if ($('#messages').open) { messages(); }
        ZY.say(ZY.t('refreshed'));
      });
    }
    ZY.load(read, function (both) { draw(both); ZY.follow(again); });
    ZY.onPress($('#again'), again);
    function messages() {
      const ul = $('#msgs');
      if (ul.dataset.done) { return; }
      ul.dataset.done = '1';
      ZY.api('GET', '/api/applications/' + ZY.no() + '/messages').then(function (r) {
        ZY.clear(ul);
        r.data.items.forEach(function (m) { ul.appendChild(ZY.el('li', {}, [m.text, ZY.el('time', { datetime: m.at, text: ZY.fmt.dateTime(m.at) })])); });
        if (!r.data.items.length) { ul.appendChild(ZY.el('li', { text: ZY.t('track.nomsg') })); }
      }, function () { ul.dataset.done = ''; });
    }
    $('#messages').addEventListener('toggle', messages);
    let asked = false;
    const key = ZY.key();
    ZY.onPress($('#withdraw-go'), function () {
      if (!asked) { asked = true; $('#withdraw-go').textContent = ZY.t('track.withdraw.ask'); return null; }
      return ZY.api('POST', '/api/applications/' + ZY.kase.no + '/withdraw', { body: {}, key: key, ifMatch: ZY.etag }).then(function () {
        return read().then(draw).then(function () { ZY.say(ZY.t('track.withdrawn')); });
      });
    });
  });
}(window.ZY));
