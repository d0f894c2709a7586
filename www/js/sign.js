/* The signature of a case with the UKey. */
'use strict';
(function (ZY) {
  const $ = ZY.$;

  function what(kase) {
    const dl = ZY.clear($('#what'));
    function row(label, text, code) {
      if (text) { dl.appendChild(ZY.el('div', {}, [ZY.el('dt', { text: label }), ZY.el('dd', { class: code ? 'code' : '', text: text })])); }
    }
    row(ZY.t('paper.no'), kase.no, true);
    row(ZY.t('paper.kind'), ZY.route && ZY.route.title);
    row(ZY.t('certs.unit'), kase.holder !== 'ind' && kase.unit && kase.unit.name);
    row(ZY.t('client.uscc'), kase.holder !== 'ind' && kase.unit && kase.unit.uscc, true);
    row(ZY.t('client.person'), kase.holder !== 'org' && kase.person && kase.person.name);
    row(ZY.t('client.years'), kase.years ? ZY.t('cert.year', { n: kase.years }) : '');
    (kase.items || []).forEach(function (item, i) {
      row(ZY.t('old.line', { n: i + 1, name: '' }), [ZY.fmt.group4(item.old_serial), ZY.nameOf(ZY.cat.seal_kinds, item.seal_kind, ''), item.seal_name].filter(Boolean).join('\u00b7'));
    });
    row(ZY.t('client.amount'), kase.amount_fen ? ZY.fmt.money(kase.amount_fen) : '');
  }
  /* ---- signing: the canonical content, read out for people ---- */

  function leaves(value, name, out) {
    if (value && typeof value === 'object' && !Array.isArray(value)) {
      Object.keys(value).forEach(function (k) { leaves(value[k], name ? name + '.' + k : k, out); });
    } else if (value && value.length !== 0 && name !== 'items') { out.push(name); }
    return out;
  }
  /* Every part that says something becomes a row; one that no field knows is shown under its own name. */
  function dataRows(data, row) {
    const fields = (ZY.route && ZY.route.fields || []).map(function (f) { return { name: ZY.pointerName(f.pointer), label: f.label }; });
    const named = fields.map(function (f) { return f.name; });
    const there = leaves(data, '', []);
    fields.filter(function (f) { return there.indexOf(f.name) >= 0; }).forEach(function (f) { row(f.label, ZY.valueOf(data, f.name)); });
    (data.items || []).forEach(function (item, i) {
      row(ZY.t('sign.item', { n: i + 1 }), [ZY.fmt.group4(item.old_serial), ZY.nameOf(ZY.cat.seal_kinds, item.seal_kind, item.seal_kind), item.seal_name].filter(Boolean).join(' · '));
    });
    there.filter(function (n) { return named.indexOf(n) < 0; }).forEach(function (n) {
      row(ZY.hasText('data.' + n) ? ZY.t('data.' + n) : n, ZY.valueOf(data, n) || String(ZY.get(data, n)));
    });
  }
  function readOut(content, kase) {
    const dl = ZY.clear($('#what'));
    const code = {};
    function row(label, text, mono) {
      if (text) { dl.appendChild(ZY.el('div', {}, [ZY.el('dt', { text: label }), ZY.el('dd', { class: mono ? 'code' : '', text: text })])); }
    }
    content.split('\n').forEach(function (line) {
      const at = line.indexOf(': ');
      const name = line.slice(0, at);
      const value = line.slice(at + 2);
      code[name] = value;
      if (name === 'no') { row(ZY.t('sign.no'), value, true); }
      if (name === 'channel') {
        row(ZY.t('sign.kind'), [ZY.nameOf(ZY.cat.services, code.service), ZY.nameOf(ZY.cat.holders, code.holder), ZY.nameOf(ZY.cat.channels, value)].join(' · '));
      }
      if (name === 'amount_fen') { row(ZY.t('sign.amount'), ZY.fmt.fee(Number(value))); }
      if (name === 'file') {
        const part = value.split(' ');
        row(ZY.t('sign.file', { name: ZY.nameOf(kase.materials, part[0]) }), ZY.t('sign.hash', { size: ZY.fmt.bytes(Number(part[2])), hash: part[1].slice(0, 16) }));
      }
      if (name === 'data') { dataRows(JSON.parse(value), row); }
    });
    ZY.show($('#raw')).querySelector('pre').textContent = content;
  }

  let current = null; /* {nonce, text, content, expires} */
  let shown = '';
  function challenge() {
    return ZY.api('POST', '/api/applications/' + ZY.kase.no + '/challenge', { key: true }).then(function (r) {
      current = r.data;
      return current;
    });
  }
  /* A minute at least must be left of it; what is signed is what was shown. */
  function offer() {
    if (current && Date.parse(current.expires) - Date.now() > 60000) { return Promise.resolve(current); }
    return challenge().then(function (c) {
      if (c.content === shown) { return c; }
      draw(c);
      throw ZY.problem(409, { code: 'changed', detail: ZY.t('sign.changed') });
    });
  }
  function draw(c) {
    shown = c.content;
    readOut(c.content, ZY.kase);
  }
  /* What the certificate cannot do leads to the ways that are open, with all that was typed and uploaded. */
  const ELSE = { issue: ['expired', 'revoked', 'status', 'other_name', 'unknown_certificate'], extend: ['expired'] };
  function way(service, channel) {
    const route = ZY.routeOf(ZY.cat, service, ZY.kase.holder, channel);
    const button = ZY.el('button', { type: 'button', class: 'btn btn-2', text: ZY.t('switch.to', { title: route.title }) });
    const once = ZY.key();
    let asked = false;
    ZY.onPress(button, function () {
      if (!asked) { asked = true; button.textContent = ZY.t('switch.ask', { title: route.title }); return null; }
      return ZY.api('POST', '/api/applications/' + ZY.kase.no + '/switch', { body: { service: service, holder: ZY.kase.holder, channel: channel }, key: once })
        .then(function () { location.assign(ZY.link('tasks.html')); });
    });
    return button;
  }
  function ways(p) {
    const effect = ZY.kase.effect;
    const service = effect === 'issue' ? ZY.serviceFor(ZY.cat, 'issue') : ZY.kase.service;
    const box = ZY.clear($('#switch'));
    if ((p.errors || []).some(function (e) { return (ELSE[effect] || []).indexOf(e.code) >= 0; })) {
      ['post', 'counter'].filter(function (c) { return ZY.routeOf(ZY.cat, service, ZY.kase.holder, c); }).forEach(function (c) {
        box.appendChild(way(service, c));
        box.appendChild(document.createTextNode(' '));
      });
    }
    ZY.show(box, Boolean(box.firstChild));
    throw p;
  }
  function take(nonce, signature) {
    return ZY.api('POST', '/api/applications/' + ZY.kase.no + '/signature', { body: { nonce: nonce, signature: signature } }).then(function (r) {
      ZY.errors.clear();
      sign(ZY.keepCase(r));
      ZY.say(ZY.t('sign.done'));
      $('#signed').focus();
    }, ways);
  }
  function open(on) {
    ['#token', '#lead-open', '#need'].forEach(function (id) { ZY.show($(id), on); });
    ZY.show($('#raw'), false);
  }
  function sign(kase) {
    const gate = kase.gates.filter(function (g) { return g.name === 'signature'; })[0];
    if (!gate) { location.replace(ZY.home + '/track/case.html?no=' + kase.no); return; }
    const early = ZY.editable(kase);
    $('#gate').textContent = gate.closed_at ? '' : ZY.t(early ? 'sign.early' : 'sign.open');
    ZY.show($('#signed'), Boolean(gate.closed_at));
    ZY.show($('#go-install'), kase.next.some(function (n) { return n.action === 'install'; }));
    if (gate.closed_at) { ZY.text($('#signed'), 'p', ZY.t('gate.closed', { date: ZY.fmt.date(gate.closed_at) })); }
    current = null;
    what(kase);
    open(false);
    if (gate.closed_at || early) { return; }
    challenge().then(function (c) {
      open(true);
      draw(c);
    }, function (p) { if (p.status !== 409) { ZY.errors.problem(p); } });
  }
  ZY.ready(function () {
    ZY.withCase(function (kase) {
      $('#go-track').href = ZY.home + '/track/case.html?no=' + kase.no;
      sign(kase);
      ZY.tokenPanel({ offer: offer, take: take, name: ZY.t('sign.file.name', { no: kase.no }) });
      ZY.follow(function () { return ZY.fetchCase().then(sign).then(function () { ZY.say(ZY.t('refreshed')); }); });
      ZY.onPress($('#again'), function () { return ZY.fetchCase().then(sign).then(function () { ZY.say(ZY.t('refreshed')); }); });
    });
  });
}(window.ZY));
