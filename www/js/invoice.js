/* Invoice: title and tax number are offered from what is known already. */
'use strict';
(function (ZY) {
  ZY.ready(function () {
    ZY.sectionForm({
      before: function (kase) {
        const has = kase.invoice || {};
        const unit = kase.unit || {};
        const payer = kase.holder === 'ind' ? (kase.person || {}).name : unit.name;
        if (!has.title && payer) { document.getElementById('invoice-title').value = payer; }
        if (!has.tax_number && unit.uscc) { document.getElementById('invoice-tax_number').value = unit.uscc; }
        if (!has.kind) { document.getElementById('invoice-kind').checked = true; }
      }
    });
  });
}(window.ZY));
