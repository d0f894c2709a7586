/* 'Can I do this?': up to five questions, from the catalogue, to route, fee, materials and time. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  let catalog = null;
  let shown = '';

  function open(service, holder, channel) {
    const s = catalog.services.filter(function (x) { return x.code === service; })[0];
    return s ? s.routes.filter(function (r) {
      return r.open !== false && (!holder || r.holder === holder) && (!channel || r.channel === channel);
    }) : [];
  }
  function picked(name) {
    const on = $('[name="' + name + '"]:checked');
    return on && !on.closest('[hidden]') ? on.value : '';
  }
  function fill(box, name, rows) {
    const was = picked(name);
    ZY.clear(box);
    rows.forEach(function (row, i) {
      const id = name + (i ? '-' + (i + 1) : '');
      const label = ZY.el('label', { for: id, text: row.name });
      if (row.hint) { label.appendChild(ZY.el('span', { class: 'hint', text: row.hint })); }
      const input = ZY.el('input', { type: 'radio', name: name, id: id, value: row.code });
      input.checked = row.code === was;
      box.appendChild(ZY.el('div', { class: 'opt' }, [input, label]));
    });
  }
  function holderRows() {
    return catalog.holders.map(function (h) {
      return { code: h.code, name: h.name, hint: ZY.hasText('start.holder.' + h.code) ? ZY.t('start.holder.' + h.code) : '' };
    });
  }

  function why(text) {
    const box = ZY.show($('#answer-why'), Boolean(text));
    ZY.text(box, 'p', text);
  }
  function answer(route, service, note) {
    ZY.show($('#answer'));
    $('#answer-t').textContent = route ? route.title || ZY.t('start.' + route.channel) : ZY.t('start.none');
    why(note);
    ZY.show($('#answer-route'), Boolean(route));
    ZY.show($('#answer-off'), !route);
    if (!route) { shown = ''; return; }
    const id = [service, route.holder, route.channel].join('.');
    $('#answer-go').href = '/apply/tasks.html?start=' + id;
    if (shown === id) { return; }
    shown = id;
    $('#answer-days').textContent = route.working_days > 0 ? ZY.t('start.due.post', { n: route.working_days }) : ZY.t('start.due.counter');
    $('#answer-due').textContent = '';
    $('#answer-fee').textContent = '–';
    const fee = route.fee || {};
    $('#answer-next').textContent = fee.next_fen > 0 ? ZY.t('start.fee', { next: ZY.fmt.money(fee.next_fen) }) : '';
    const mats = ZY.clear($('#answer-mats'));
    route.materials.filter(function (m) { return m.required || m.original; }).forEach(function (m) {
      mats.appendChild(ZY.el('tr', {}, [
        ZY.el('th', { scope: 'row', text: m.name }),
        ZY.el('td', { class: 'nowrap', text: ZY.t('start.copies', { n: m.copies }) }),
        ZY.el('td', { text: m.note || '' })]));
    });
    ZY.api('GET', '/api/quote?service=' + service + '&holder=' + route.holder + '&years=1&count=1').then(function (r) {
      if (shown === id) { $('#answer-fee').textContent = ZY.fmt.fee(r.data.total_fen); }
    }, function () { $('#answer-fee').textContent = fee.first_fen >= 0 ? ZY.fmt.fee(fee.first_fen) : '–'; });
    ZY.api('GET', '/api/due?service=' + service + '&channel=' + route.channel + '&from=' + encodeURIComponent(ZY.nowBeijing())).then(function (r) {
      if (shown === id) { $('#answer-due').textContent = ZY.t('start.earliest', { date: ZY.fmt.dateWeekday(r.data.due) }); }
    }, function () { /* no calendar: the number of days says enough */ });
  }

  function update() {
    const service = picked('service');
    ZY.show($('#q-holder'), Boolean(service));
    ['q-have', 'q-transfer', 'q-channel'].forEach(function (q) { ZY.show($('#' + q), false); });
    ZY.show($('#answer'), false);
    if (!service) { return; }
    if (!open(service).length) {
      ZY.show($('#q-holder'), false);
      answer(null, service, ZY.t('start.offline'));
      return;
    }
    if (update.service !== service) {
      update.service = service;
      fill($('#box-holder'), 'holder', holderRows());
    }
    const holder = picked('holder');
    if (!holder) { return; }
    const routes = open(service, holder);
    if (!routes.length) { answer(null, service, ZY.t('start.offline')); return; }
    let note = '';
    if (service === 'new' && holder === 'org') {
      ZY.show($('#q-have'));
      const have = picked('have');
      if (!have) { return; }
      if (have === 'yes') {
        const add = open('add', 'org');
        if (add.length) { answer(add[0], 'add', ZY.t('start.add')); return; }
        note = ZY.t('start.add.closed');
      }
    }
    const post = routes.filter(function (r) { return r.channel === 'post'; })[0];
    const counter = routes.filter(function (r) { return r.channel === 'counter'; })[0];
    if (routes.length === 1) { answer(routes[0], service, note); return; }
    const paid = post && post.gates.indexOf('money') >= 0;
    if (paid) {
      $('#q-transfer legend').textContent = ZY.t(holder === 'ind' ? 'start.transfer.ind' : 'start.transfer.unit');
      ZY.show($('#q-transfer'));
      const transfer = picked('transfer');
      if (!transfer) { return; }
      if (transfer === 'no') {
        answer(counter || null, service, ZY.t(holder === 'ind' ? 'start.counter.ind' : 'start.counter.unit'));
        return;
      }
    }
    ZY.show($('#q-channel'));
    const channel = picked('channel');
    if (!channel) { return; }
    answer(channel === 'post' ? post : counter, service, note);
  }

  ZY.ready(function () {
    ZY.load(ZY.catalog, function (data) {
      catalog = data;
      fill($('#box-service'), 'service', data.services.map(function (s) {
        return { code: s.code, name: s.name, hint: s.summary };
      }));
      const preset = ZY.param('service');
      if (preset) { const r = $('[name=service][value="' + preset.replace(/[^a-z]/g, '') + '"]'); if (r) { r.checked = true; } }
      $('#ask').addEventListener('change', update);
      update();
    });
  });
}(window.ZY));
