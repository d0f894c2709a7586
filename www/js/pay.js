/* Payment: what to transfer where, a code to scan with the wallet, what has arrived, and the remittance claim with its voucher. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  function account(info) {
    const p = info.payee;
    ZY.text($('#payee-name'), null, p.name);
    ZY.text($('#payee-bank'), null, p.bank);
    $('#payee-account').textContent = ZY.fmt.group4(p.account);
    ZY.text($('#payee-remark'), null, info.remark);
    $('#amount').textContent = ZY.fmt.fee(info.amount_fen);
    ZY.text($('#words'), null, info.amount_words);
    const ul = ZY.clear($('#lines'));
    (info.lines || []).forEach(function (l) {
      ul.appendChild(ZY.el('li', { text: ZY.t('cert.fee.line', { text: l.text, unit: ZY.fmt.money(l.unit_fen), count: l.count, sum: ZY.fmt.money(l.sum_fen) }) }));
    });
    const left = Math.abs(info.due_fen === undefined ? info.amount_fen - info.received_fen : info.due_fen);
    $('#got').textContent = ZY.t('pay.' + info.state, { got: ZY.fmt.money(info.received_fen), left: ZY.fmt.money(left || Math.abs(info.received_fen - info.amount_fen)) });
  }
  /* --- paying with the wallet: the portal asks the gateway, this page asks the portal --- */

  const GAP = { planned: 1000, waiting: 3000 };
  let shown = '';

  function at() { return '/api/applications/' + ZY.kase.no + '/alipay'; }
  function words(o) {
    return ZY.t('wallet.' + o.state, { amount: ZY.fmt.money(o.amount_fen), time: o.ends_at ? ZY.fmt.time(o.ends_at) : '', why: o.error || '' });
  }
  function code(o) {
    const box = ZY.clear($('#wallet-code'));
    if (!o.qr) { return; }
    box.appendChild(ZY.el('img', { class: 'relay-qr', width: 232, height: 232, alt: ZY.t('wallet.img', { amount: ZY.fmt.money(o.amount_fen) }),
      src: 'data:image/svg+xml,' + encodeURIComponent(o.qr) }));
    box.appendChild(ZY.el('p', {}, [ZY.el('a', { href: o.link, rel: 'noopener', text: ZY.t('wallet.open') })]));
  }
  function show(o) {
    const now = o.state === 'none' ? '' : words(o);
    if ($('#wallet-now').textContent !== now) { $('#wallet-now').textContent = now; }
    if (shown !== o.state + o.link) { code(o); }
    shown = o.state + o.link;
    ZY.show($('#wallet-go'), !GAP[o.state] && o.state !== 'paid');
    if (o.state !== 'none') { $('#wallet-go').textContent = ZY.t('wallet.again'); }
    if (o.state === 'paid') { $('#got').textContent = now; }
    if (GAP[o.state]) { setTimeout(look, GAP[o.state]); }
  }
  /* A page nobody looks at asks nothing; it asks when it is looked at again. */
  function look() {
    if (document.hidden) {
      document.addEventListener('visibilitychange', look, { once: true });
      return;
    }
    ZY.api('GET', at(), { quiet: true }).then(function (r) { show(r.data); }, function (p) {
      if (p.status !== 401) { setTimeout(look, 10000); }
    });
  }
  /* info: what the portal says is to be paid. */
  function wallet(info) {
    if (!info.wallet || !info.amount_fen) { return; }
    ZY.show($('#wallet'));
    if (!ZY.kase.submitted_at) {
      ZY.show($('#wallet-go'), false);
      $('#wallet-now').textContent = ZY.t('wallet.submit');
      return;
    }
    if (!info.due_fen) { ZY.show($('#wallet-go'), false); }
    ZY.onPress($('#wallet-go'), function () {
      return ZY.api('POST', at()).then(function (r) { show(r.data); }, function (p) { $('#wallet-now').textContent = p.detail || p.title; });
    });
    look();
  }

  ZY.ready(function () {
    ZY.sectionForm({
      next: function () { return ZY.link('tasks.html'); },
      also: function (no) {
        return ZY.api('GET', '/api/applications/' + no + '/payment').then(function (r) { return r.data; }, function (p) { return { failed: p }; });
      },
      before: function (kase, info) {
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
        if (!remit.amount_fen && !ahead && kase.amount_fen) { $('#remittance-amount_fen').value = ZY.yuan(kase.amount_fen); }
        const m6 = kase.materials.filter(function (m) { return m.code === 'm6'; })[0];
        ZY.show($('#m6'), Boolean(m6));
        if (m6) {
          const there = m6.state !== 'missing';
          ZY.show($('#m6 p'), ZY.editable(kase));
          $('#m6 a').href = ZY.link('upload.html') + '#m6';
          ZY.text($('#m6'), '.tag', ZY.t(there ? 'up.done' : 'up.need')).classList.toggle('tag-ok', there);
        }
        if (info.failed) {
          $('#due').insertBefore(ZY.failure(info.failed, function () { location.reload(); }), $('#due').firstChild);
          return;
        }
        if (info.free) {
          ZY.show($('#free'));
          ZY.show($('#due'), false);
          ZY.show($('#claim'), false);
          return;
        }
        account(info);
        if (info.received_fen && !info.due_fen) { /* nothing is left to be paid: no account to pay to */
          ZY.show($('#acct'), false);
          ZY.show($('#claim'), ZY.editable(kase) && ZY.tellsMoney(ZY.route));
        }
        wallet(info);
      }
    });
  });
}(window.ZY));
