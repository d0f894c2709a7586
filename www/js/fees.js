/* Fee calculator. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    const what = $('#c-what');
    const price = ZY.debounce(function () {
      const part = what.value.split('.');
      const v = ZY.$('#c-count').value.replace(/\s/g, '');
      const n = /^\d{1,2}$/.test(v) ? +v : 0;
      if (n < 1 || n > 20) { $('#c-sum').textContent = ZY.t('check.count'); $('#c-words').textContent = ''; return; }
      ZY.api('GET', '/api/quote?service=' + part[0] + '&holder=' + part[1] + '&years=' + $('#c-years').value + '&count=' + n).then(function (r) {
        $('#c-sum').textContent = ZY.fmt.fee(r.data.total_fen);
        $('#c-words').textContent = r.data.total_words || '';
      }, function (p) { $('#c-sum').textContent = p.errors[0] && p.errors[0].detail || p.detail; });
    }, 150);
    ZY.catalog().then(function (c) {
      c.fees.filter(function (f) { return f.first_fen > 0; }).forEach(function (f) {
        what.appendChild(ZY.el('option', { value: f.service + '.' + f.holder,
          text: ZY.nameIn(c.services, f.service, 'service.') + ' · ' + ZY.nameIn(c.holders, f.holder, 'holder.') }));
      });
      if (!what.options.length) { return; }
      $('#calc').addEventListener('input', price);
      $('#calc').addEventListener('change', price);
      price();
    }, function () { ZY.show($('#calc').closest('section'), false); });
    $('#calc').addEventListener('submit', function (ev) { ev.preventDefault(); price(); });
  });
}(window.ZY));
