/* Branches that staff keep, with 'open today' from the working calendar; without a calendar only the hours. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    ZY.api('GET', '/api/branches').then(function (r) {
      r.data.items.forEach(function (b) {
        const h = ZY.el('h3', { text: b.name });
        if (b.open_today !== null && b.open_today !== undefined) {
          h.appendChild(ZY.el('span', { class: 'tag' + (b.open_today ? ' tag-ok' : ''), text: ZY.t(b.open_today ? 'outlet.open' : 'outlet.closed') }));
        }
        $('#branch-list').appendChild(ZY.el('li', {}, [h, ZY.el('p', { text: b.address }), ZY.el('p', { class: 'small muted', text: b.hours }),
          ZY.el('p', { class: 'small muted', text: b.phone })]));
      });
      ZY.show($('#branches'), r.data.items.length > 0);
    }, function () { /* the addresses above are complete */ });
  });
}(window.ZY));
