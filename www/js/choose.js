/* Choices that the catalogue gives: radios of its rows, and the other ways that are open.  Loaded after apply.js. */
'use strict';
(function (ZY) {
  /* Radios made from catalogue rows. */
  ZY.radios = function (box, name, rows, need) {
    ZY.clear(box);
    rows.forEach(function (row, i) {
      const id = name.replace(/\./g, '-') + (i ? '-' + (i + 1) : '');
      const input = ZY.el('input', { type: 'radio', name: name, id: id, value: row.code, 'data-need': need });
      const label = ZY.el('label', { for: id, text: row.name });
      if (row.hint) { label.appendChild(ZY.el('span', { class: 'hint', text: row.hint })); }
      box.appendChild(ZY.el('div', { class: 'opt' }, [input, label]));
    });
  };

  /* Ways that a fault or hint leads to: effect of the service (the same when empty), way, by signature; data and files are
   * kept. */
  const OFFERS = { expired_offline: [['', 'post'], ['', 'counter']], expired: [['extend', 'post'], ['issue', 'post']],
    counter_only: [['', 'counter']], use_add: [['issue', 'online', true]], use_new: [['issue', 'post'], ['issue', 'counter']] };
  ZY.offerSwitch = function (box, kase, said) {
    ZY.clear(box);
    const seen = {};
    said.forEach(function (e) {
      (OFFERS[e.code] || []).forEach(function (o) {
        const service = o[0] ? ZY.serviceFor(ZY.cat, o[0], o[2]) : kase.service;
        const route = ZY.routeOf(ZY.cat, service, kase.holder, o[1]);
        if (!route || seen[service + o[1]] || (service === kase.service && o[1] === kase.channel)) { return; }
        seen[service + o[1]] = true;
        const button = ZY.el('button', { type: 'button', class: 'btn btn-2', text: ZY.t('switch.to', { title: route.title }) });
        let asked = false;
        const key = ZY.key();
        ZY.onPress(button, function () {
          if (!asked) { asked = true; button.textContent = ZY.t('switch.ask', { title: route.title }); return null; }
          return ZY.api('POST', '/api/applications/' + kase.no + '/switch', { body: { service: service, holder: kase.holder, channel: o[1] }, key: key })
            .then(function () { location.assign(ZY.link('tasks.html', kase.no)); });
        });
        box.appendChild(button);
        box.appendChild(document.createTextNode(' '));
      });
    });
    ZY.show(box, Boolean(box.firstChild));
  };
}(window.ZY));
