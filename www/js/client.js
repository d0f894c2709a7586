/* What is done in the token client: a signature that staff verify, and the last step after approval. */
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
  function sign(kase) {
    const gate = kase.gates.filter(function (g) { return g.name === 'signature'; });
    if (!gate.length) { location.replace('/track/case.html?no=' + kase.no); return; }
    what(kase);
    const dl = ZY.clear($('#gate'));
    gate.forEach(function (g) {
      const early = ZY.editable(kase) && kase.state !== 'returned';
      dl.appendChild(ZY.el('div', { class: g.closed_at ? 'on' : '' }, [ZY.el('dt', { text: g.label }),
        ZY.el('dd', { text: g.closed_at ? ZY.t('gate.closed', { date: ZY.fmt.date(g.closed_at) }) : ZY.t(early ? 'sign.early' : 'sign.open') })]));
    });
  }
  function install(kase) {
    const over = kase.state === 'completed';
    const now = kase.state === 'installing';
    $('#lead').textContent = ZY.t(over ? 'install.over' : now ? 'install.now' : 'install.notyet');
    ZY.show($('#can'), now);
    if (!now) { return; }
    what(kase);
    const own = ZY.hasText('install.' + kase.effect + '.1') ? 'install.' + kase.effect + '.' : 'install.any.';
    const ol = ZY.clear($('#steps'));
    for (let i = 1; ZY.hasText(own + i); i += 1) { ol.appendChild(ZY.el('li', { text: ZY.t(own + i) })); }
    if (ZY.hasText('install.' + kase.effect + '.done')) { $('#done').textContent = ZY.t('install.' + kase.effect + '.done'); }
  }

  ZY.ready(function () {
    ZY.withCase(function (kase) {
      $('#go-track').href = '/track/case.html?no=' + kase.no;
      if ($('#gate')) {
        sign(kase);
        ZY.follow(function () { return ZY.fetchCase().then(sign).then(function () { ZY.say(ZY.t('refreshed')); }); });
        ZY.onPress($('#again'), function () { return ZY.fetchCase().then(sign).then(function () { ZY.say(ZY.t('refreshed')); }); });
        return;
      }
      install(kase);
      const key = ZY.key();
      ZY.onPress($('#done'), function () {
        return ZY.api('POST', '/api/applications/' + kase.no + '/installed', { key: key, ifMatch: ZY.etag }).then(function () {
          location.replace('/track/case.html?no=' + kase.no);
        });
      });
    });
  });
}(window.ZY));
