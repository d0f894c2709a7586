/* The interruption page: how many seals, what that costs; kept with the case. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    const input = $('#count');
    function count() {
      const v = ZY.code(input.value);
      const n = /^\d{1,2}$/.test(v) ? +v : 0;
      return n >= 1 && n <= 20 ? n : 0;
    }
    const price = ZY.debounce(function () {
      const n = count();
      if (!n) { $('#sum').textContent = ''; return; }
      ZY.api('GET', '/api/quote?service=' + ZY.kase.service + '&holder=' + ZY.kase.holder + '&years=1&count=' + n).then(function (r) {
        if (count() === n) { $('#sum').textContent = ZY.t('seal.sum', { n: n, sum: ZY.fmt.fee(r.data.total_fen) }); }
      }, function () { $('#sum').textContent = ''; });
    }, 250);

    ZY.withCase(function (kase) {
      if (kase.one_seal || !ZY.editable(kase) || ZY.aboutOld(ZY.route)) { location.replace(ZY.link('tasks.html')); return; }
      if (kase.items && kase.items.length) { input.value = kase.items.length; }
      price();
      input.addEventListener('input', price);
      ZY.onSubmit($('#view'), function () {
        const n = count();
        if (!n) { ZY.errors.show([{ pointer: '#/count', detail: ZY.t('check.count') }]); return null; }
        const holder = ZY.cat.holders.filter(function (h) { return h.code === kase.holder; })[0];
        const kinds = holder && holder.seal_kinds || [];
        const items = (kase.items || []).slice(0, n);
        while (items.length < n) { items.push({ seal_kind: kinds.length === 1 ? kinds[0] : null, seal_name: null }); }
        return ZY.patch({ one_seal: true, items: items }).then(function () { location.assign(ZY.link('tasks.html')); });
      });
    });
  });
}(window.ZY));
