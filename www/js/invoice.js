/* Invoice: title and tax number are offered from what is known already. */
'use strict';
(function (ZY) {
  ZY.ready(function () {
    ZY.sectionForm({
      before: function (kase) {
        const has = kase.invoice || {};
        const unit = kase.unit || {};
        if (!has.title && unit.name) { document.getElementById('invoice-title').value = unit.name; }
        if (!has.tax_number && unit.uscc) { document.getElementById('invoice-tax_number').value = unit.uscc; }
        if (!has.kind) { document.getElementById('invoice-kind').checked = true; }
      }
    });
  });
}(window.ZY));
