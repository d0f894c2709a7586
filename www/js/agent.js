/* Agent: kinds of identity documents; some of them only at the counter. */
'use strict';
(function (ZY) {
  ZY.ready(function () {
    const select = document.getElementById('agent-id_type') || document.getElementById('person-id_type');
    ZY.sectionForm({
      before: function (kase) {
        const rows = (ZY.cat.id_types || []).filter(function (t) { return kase.channel === 'counter' || !t.counter_only; });
        ZY.options(select, rows);
        select.value = rows[0] ? rows[0].code : '';
      }
    });
  });
}(window.ZY));
