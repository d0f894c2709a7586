/* Delivery: by courier or at a branch. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    const NEED = ['name', 'phone', 'province', 'city', 'address'];
    function sides() {
      const on = $('[name="delivery.mode"]:checked');
      ZY.show($('#by-courier'), Boolean(on && on.value === 'courier'));
      ZY.show($('#by-pickup'), Boolean(on && on.value === 'pickup'));
    }
    function branches() {
      const box = $('#branches');
      if (box.dataset.done) { return Promise.resolve(); }
      box.dataset.done = '1';
      return ZY.api('GET', '/api/branches').then(function (r) {
        ZY.radios(box, 'delivery.branch', r.data.items.map(function (b) {
          return { code: b.code, name: b.name, hint: b.address + ZY.t('pause') + b.hours };
        }), true);
        const was = ZY.kase.delivery && ZY.kase.delivery.branch;
        ZY.$$('[name="delivery.branch"]').forEach(function (x) { x.checked = was ? x.value === was : r.data.items.length === 1; });
      }, function () { box.dataset.done = ''; });
    }
    $('#same').addEventListener('click', function () {
      const a = ZY.kase.holder === 'ind' ? ZY.kase.person || {} : ZY.kase.agent || {};
      $('#delivery-name').value = a.name || '';
      $('#delivery-phone').value = a.phone || '';
      ZY.markDirty('delivery.name');
      ZY.markDirty('delivery.phone');
    });
    ZY.sectionForm({
      before: function (kase) {
        NEED.forEach(function (n) { $('#delivery-' + n).setAttribute('data-need', ''); });
        const rule = (ZY.cat.freight || []).filter(function (f) { return f.services.indexOf(kase.service) >= 0 && f.from <= ZY.today(); })
          .sort(function (a, b) { return a.from < b.from ? 1 : -1; })[0];
        $('#freight').textContent = rule ? ZY.t('freight.' + rule.mode) : '';
        const mode = kase.delivery && kase.delivery.mode || (kase.channel === 'counter' ? 'pickup' : 'courier');
        ZY.$$('[name="delivery.mode"]').forEach(function (r) { r.checked = r.value === mode; });
        sides();
        branches();
      },
      fill: sides,
      changed: function (c) { if (c.name === 'delivery.mode') { sides(); branches(); } }
    });
  });
}(window.ZY));
