/* Unit: the kinds of licence follow the kind of unit. */
'use strict';
(function (ZY) {
  ZY.ready(function () {
    const kind = document.getElementById('unit-kind');
    const licence = document.getElementById('unit-licence_kind');
    function licences() {
      const row = (ZY.cat.unit_kinds || []).filter(function (k) { return k.code === kind.value; })[0];
      const was = licence.value;
      ZY.options(licence, row ? row.licences : []);
      licence.value = was;
      if (!licence.value && row && row.licences.length === 1) { licence.value = row.licences[0].code; }
    }
    ZY.sectionForm({
      before: function (kase) {
        ZY.options(kind, ZY.cat.unit_kinds || []);
        kind.value = kase.unit && kase.unit.kind || '';
        licences();
        const free = (kase.change || {}).items || [];
        if (ZY.aboutOld(ZY.route) && (kase.items || []).some(function (i) { return i.old_serial; })) {
          [['name', free.indexOf('name') < 0], ['uscc', true]].forEach(function (f) {
            const c = document.getElementById('unit-' + f[0]);
            if (!f[1] || !kase.unit || !kase.unit[f[0]]) { return; }
            c.readOnly = true;
            ZY.text(c.closest('.fld'), '.hint', ZY.t('old.frozen'));
          });
        }
      },
      changed: function (c) { if (c === kind) { licences(); ZY.markDirty(licence.name); } }
    });
  });
}(window.ZY));
