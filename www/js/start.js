/* 'Can I do this?': at most four questions, all from the catalogue, to route, fee, materials and time.  Ways that are not
 * open are offered too: they lead to the reason and to the way that is, and what was answered stays. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  let catalog = null;
  let mine = [];
  let shown = '';

  function routes(service, holder) {
    const s = catalog.services.filter(function (x) { return x.code === service; })[0];
    return s ? s.routes.filter(function (r) { return r.open !== false && (!holder || r.holder === holder); }) : [];
  }
  function aboutOld(service) {
    return routes(service).some(function (r) { return r.fields.some(function (f) { return /old_serial$/.test(f.pointer); }); });
  }
  function signed(service, holder) {
    return routes(service, holder).filter(function (r) { return r.gates.indexOf('signature') >= 0; })[0] || null;
  }
  /* The service that issues by signature alone, for those who hold a valid certificate. */
  function bySignature(holder) {
    const s = catalog.services.filter(function (x) { return !aboutOld(x.code) && signed(x.code, holder); })[0];
    return s ? s.code : '';
  }
  function refusal(service, holder, channel) {
    return (catalog.refusals || []).filter(function (r) {
      return r.services.indexOf(service) >= 0 && r.holders.indexOf(holder) >= 0 && (!channel || r.channels.indexOf(channel) >= 0);
    })[0] || null;
  }

  function picked(name) {
    const on = $('[name="' + name + '"]:checked');
    return on && !on.closest('[hidden]') ? on.value : '';
  }
  function fill(box, name, rows) {
    const key = JSON.stringify(rows);
    if (box.dataset.key === key) { return; }
    const on = $('[name="' + name + '"]:checked');
    const was = on ? on.value : ZY.param(name);
    box.dataset.key = key;
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
  function ask(id, name, rows, legend) {
    const q = ZY.show($('#q-' + id));
    if (legend) { ZY.text(q, 'legend', legend); }
    fill($('#box-' + id), name, rows);
    return picked(name);
  }
  function holders() {
    return catalog.holders.map(function (h) {
      return { code: h.code, name: h.name, hint: ZY.hasText('start.holder.' + h.code) ? ZY.t('start.holder.' + h.code) : '' };
    });
  }
  /* One whose renewal is not open yet is offered, too: the answer names the day. */
  function certificates(service) {
    const longer = ZY.serviceIn(catalog, service).effect === 'extend';
    return mine.filter(function (c) {
      return c.services.indexOf(service) >= 0 || (longer && c.status === 'valid' && c.renew.state === 'early');
    }).map(function (c) {
      return { code: c.id, name: c.holder_name, hint: ZY.t('start.cert.line', { holder: ZY.nameIn(catalog.holders, c.holder, 'holder.'),
        left: ZY.leftText(c), end: c.sign_serial.slice(-6) }) };
    });
  }

  function answer(route, service, note) {
    ZY.show($('#answer'));
    $('#answer-t').textContent = route ? route.title || ZY.t('start.' + route.channel) : ZY.t('start.none');
    ZY.text(ZY.show($('#answer-why'), Boolean(note)), 'p', note || '');
    ZY.show($('#answer-route'), Boolean(route));
    ZY.show($('#answer-off'), !route);
    if (!route) { shown = ''; return; }
    const id = [service, route.holder, route.channel].join('.');
    $('#answer-go').href = ZY.home + '/apply/tasks.html?start=' + id;
    $('#answer-guide').href = ZY.guideOf(catalog, service);
    if (shown === id) { return; }
    shown = id;
    $('#answer-days').textContent = route.working_days > 0 ? ZY.t('start.due.post', { n: route.working_days }) : route.promise || ZY.t('start.due.counter');
    $('#answer-due').textContent = '';
    $('#answer-fee').textContent = '–';
    const fee = route.fee || {};
    $('#answer-next').textContent = fee.next_fen > 0 ? ZY.t('start.fee', { next: ZY.fmt.money(fee.next_fen) }) : '';
    const years = route.fields.some(function (f) { return /^#?\/years$/.test(f.pointer); });
    $('#answer-unit').textContent = ZY.t(!fee.first_fen ? 'start.fee.none' : years ? 'start.fee.year' : 'start.fee.time');
    const mats = ZY.clear($('#answer-mats'));
    route.materials.forEach(function (m) {
      mats.appendChild(ZY.el('tr', {}, [ZY.el('th', { scope: 'row', text: m.name }),
        ZY.el('td', { class: 'nowrap', text: ZY.t('start.copies', { n: m.copies }) }), ZY.el('td', { text: m.note || '' })]));
    });
    ZY.api('GET', '/api/quote?service=' + service + '&holder=' + route.holder + '&years=1&count=1').then(function (r) {
      if (shown === id) { $('#answer-fee').textContent = ZY.fmt.fee(r.data.total_fen); }
    }, function () { $('#answer-fee').textContent = fee.first_fen >= 0 ? ZY.fmt.fee(fee.first_fen) : '–'; });
    if (route.channel === 'online' && !route.working_days) { return; }
    ZY.api('GET', '/api/due?service=' + service + '&channel=' + route.channel + '&from=' + encodeURIComponent(ZY.nowBeijing())).then(function (r) {
      if (shown === id) { $('#answer-due').textContent = ZY.t('start.earliest', { date: ZY.fmt.dateWeekday(r.data.due) }); }
    }, function () { /* no calendar: the number of days says enough */ });
  }

  /* The last question: how papers and money come in.  shut: the online way is closed for this certificate, and why. */
  function way(service, holder, note, shut) {
    const list = routes(service, holder);
    const by = {};
    list.forEach(function (r) { by[r.channel] = r; });
    const open = list.filter(function (r) { return !(shut && r.channel === 'online'); });
    if (!open.length) { answer(null, service, note || ZY.t('start.offline')); return; }
    if (list.length === 1) {
      const said = refusal(service, holder, '');
      answer(list[0], service, note || (said ? said.text : ''));
      return;
    }
    const rows = [];
    catalog.channels.forEach(function (c) {
      const r = by[c.code];
      const paid = c.code === 'post' && r && r.gates.indexOf('money') >= 0;
      rows.push({ code: c.code, name: c.name, hint: paid ? ZY.t(holder === 'ind' ? 'start.way.post.ind' : 'start.way.post.unit')
        : r ? r.summary || ZY.t('start.way.' + c.code) : '' });
      if (paid) { rows.push({ code: 'post-no', name: ZY.t(holder === 'ind' ? 'start.way.no.ind' : 'start.way.no.unit') }); }
    });
    const channel = ask('channel', 'channel', rows);
    if (!channel) { return; }
    if (channel === 'post-no') {
      answer(by.counter || null, service, ZY.t(holder === 'ind' ? 'start.counter.ind' : 'start.counter.unit'));
    } else if (channel === 'online' && shut && by.online) {
      answer(by.post || by.counter || null, service, shut);
    } else if (by[channel]) {
      answer(by[channel], service, note);
    } else {
      const said = refusal(service, holder, channel);
      const to = said && said.to_channel && by[said.to_channel] || by.counter || list[0];
      answer(to, service, said ? said.text : ZY.t('start.shut'));
    }
  }

  /* Services about a certificate: one of one's own, or what kind it is. */
  function old(service) {
    const own = certificates(service);
    let cert = null;
    if (own.length) {
      const id = ask('cert', 'cert', own.concat([{ code: 'other', name: ZY.t('start.cert.other'), hint: ZY.t('start.cert.other.hint') }]));
      if (!id) { return; }
      cert = mine.filter(function (c) { return c.id === id; })[0] || null;
    }
    ZY.remember('cert', cert ? cert.id : '');
    const holder = cert ? cert.holder : ask('holder', 'holder', holders());
    if (!holder) { return; }
    if (!signed(service, holder) || ZY.serviceIn(catalog, service).effect !== 'extend') { way(service, holder, ''); return; }
    let when = cert ? cert.renew.state : '';
    if (!cert) {
      when = ask('when', 'when', ['open', 'early', 'expired'].map(function (w) {
        return { code: w, name: ZY.t('start.when.' + w) };
      }));
      if (!when) { return; }
    }
    if (when === 'early') {
      answer(null, service, cert ? ZY.t('start.early.on', { date: ZY.fmt.date(cert.renew.opens_on) }) : ZY.t('start.early'));
      return;
    }
    if (when === 'expired') { way(service, holder, '', ZY.t('start.expired')); return; }
    const changed = ask('changed', 'changed', ['no', 'yes'].map(function (a) { return { code: a, name: ZY.t('start.changed.' + a) }; }),
      ZY.t(holder === 'ind' ? 'start.changed.ind' : 'start.changed.unit'));
    if (!changed) { return; }
    const first = changed === 'yes' && ZY.serviceFor(catalog, 'replace');
    way(first || service, holder, first ? ZY.t('start.changed.first') : '');
  }
  /* Services that issue: signature with a valid certificate of the same name spares the papers. */
  function issue(service) {
    const holder = ask('holder', 'holder', holders());
    if (!holder) { return; }
    const light = bySignature(holder);
    if (!light) {
      if (routes(service, holder).length) { way(service, holder, ''); return; }
      const said = refusal(service, holder, '');
      way(said && said.to_service || ZY.serviceFor(catalog, 'issue'), holder, said ? said.text : ZY.t('start.shut'));
      return;
    }
    const have = ask('have', 'have', ['no', 'yes'].map(function (h) { return { code: h, name: ZY.t('start.have.' + h) }; }));
    if (!have) { return; }
    if (have === 'yes') { answer(signed(light, holder), light, service === light ? '' : ZY.t('start.add')); return; }
    way(service === light ? ZY.serviceFor(catalog, 'issue') : service, holder, service === light ? ZY.t('start.add.none') : '');
  }

  function update() {
    ['cert', 'holder', 'have', 'when', 'changed', 'channel'].forEach(function (q) { ZY.show($('#q-' + q), false); });
    ZY.show($('#answer'), false);
    const service = picked('service');
    if (!service) { return; }
    if (aboutOld(service)) { old(service); } else { issue(service); }
    const kept = ['service', 'holder', 'have', 'when', 'changed', 'channel'].map(function (n) { return picked(n) ? n + '=' + picked(n) : ''; });
    try { history.replaceState(null, '', '?' + kept.filter(Boolean).join('&')); } catch (e) { /* stays as it is */ }
  }

  ZY.ready(function () {
    ZY.load(function () {
      return Promise.all([ZY.catalog(), ZY.session().then(function (s) {
        return s.signed_in ? ZY.api('GET', '/api/certificates?limit=50', { quiet: true }).then(function (r) { return r.data.items; }) : [];
      }).catch(function () { return []; })]);
    }, function (both) {
      catalog = both[0];
      mine = both[1];
      const preset = ZY.param('cert') || ZY.recall('cert');
      fill($('#box-service'), 'service', catalog.services.map(function (s) { return { code: s.code, name: s.name, hint: s.summary }; }));
      $('#ask').addEventListener('change', update);
      update();
      const same = preset && ZY.$$('[name=cert]').filter(function (r) { return r.value === preset; })[0];
      if (same) { same.checked = true; update(); }
    });
  });
}(window.ZY));
