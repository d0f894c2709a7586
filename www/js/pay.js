/* Payment: what to transfer where, what has arrived, and the remittance claim with its voucher. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  function account(info) {
    const p = info.payee;
    $('#payee-name').textContent = p.name;
    $('#payee-bank').textContent = p.bank;
    $('#payee-account').textContent = ZY.fmt.group4(p.account);
    $('#payee-remark').textContent = info.remark;
    $('#amount').textContent = ZY.fmt.fee(info.amount_fen);
    $('#words').textContent = info.amount_words || '';
    const ul = ZY.clear($('#lines'));
    (info.lines || []).forEach(function (l) {
      ul.appendChild(ZY.el('li', { text: ZY.t('cert.fee.line', { text: l.text, unit: ZY.fmt.money(l.unit_fen), count: l.count, sum: ZY.fmt.money(l.sum_fen) }) }));
    });
    const left = Math.abs(info.due_fen === undefined ? info.amount_fen - info.received_fen : info.due_fen);
    $('#got').textContent = ZY.t('pay.' + info.state, { got: ZY.fmt.money(info.received_fen), left: ZY.fmt.money(left || Math.abs(info.received_fen - info.amount_fen)) });
  }
  ZY.ready(function () {
    ZY.sectionForm({
      next: function () { return ZY.link('tasks.html'); },
      before: function (kase) {
        ZY.$$('#who,#claim .need').forEach(function (n) { ZY.show(n); });
        ZY.text($('#who'), 'p', ZY.t(kase.holder === 'ind' ? 'pay.who.ind' : 'pay.who.unit'));
        ZY.show($('#claim'), ZY.tellsMoney(ZY.route));
        ZY.show($('#counter'), kase.channel === 'counter');
        const ahead = kase.channel === 'counter' || !(ZY.route && ZY.route.fields || []).some(function (f) {
          return /remittance\/payer_name/.test(f.pointer) && f.required;
        });
        if (ahead) { ZY.$$('#section [data-need]').forEach(function (c) { c.removeAttribute('data-need'); }); }
        const remit = kase.remittance || {};
        const payer = kase.holder === 'ind' ? (kase.person || {}).name : (kase.unit || {}).name;
        if (!remit.payer_name && !ahead && payer) { $('#remittance-payer_name').value = payer; }
        if (!remit.amount_fen && !ahead && kase.amount_fen) { $('#remittance-amount_fen').value = ZY.fmt.money(kase.amount_fen).slice(1); }
        const m6 = kase.materials.filter(function (m) { return m.code === 'm6'; })[0];
        ZY.show($('#m6'), Boolean(m6));
        if (m6) {
          const there = m6.state !== 'missing';
          $('#m6 a').href = ZY.link('upload.html') + '#m6';
          ZY.text($('#m6'), '.tag', ZY.t(there ? 'up.done' : 'up.need')).classList.toggle('tag-ok', there);
        }
        ZY.api('GET', '/api/applications/' + kase.no + '/payment').then(function (r) {
          if (r.data.free) {
            ZY.show($('#free'));
            ZY.show($('#due'), false);
            ZY.show($('#claim'), false);
            return;
          }
          account(r.data);
        }, function (p) { $('#due').insertBefore(ZY.failure(p, function () { location.reload(); }), $('#due').firstChild); });
      }
    });
  });
}(window.ZY));
