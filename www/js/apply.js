/* Pages inside one application: the case and its sections; the form of a section page is in check.js.
 * Controls are named by JSON pointer with dots (unit.uscc, id unit-uscc), so our faults and the server's find them. */
'use strict';
(function (ZY) {

  /* The order of work.  has: pointer prefixes in the catalogue's field list that make a section needed. */
  ZY.sections = [
    { code: 'old', page: 'old-cert.html', has: ['items'], old: true },
    { code: 'reason', page: 'reason.html', has: ['reason'] },
    { code: 'change', page: 'change.html', has: ['change'] },
    { code: 'unit', page: 'unit.html', has: ['unit'] },
    { code: 'person', page: 'holder.html', has: ['person'] },
    { code: 'agent', page: 'agent.html', has: ['agent'] },
    { code: 'cert', page: 'cert.html', has: ['years', 'items'], old: false },
    { code: 'delivery', page: 'delivery.html', has: ['delivery'] },
    { code: 'invoice', page: 'invoice.html', has: ['invoice'] }
  ];
  const PAGE_OF = { form: 'form.html', materials: 'upload.html', attachments: 'upload.html',
    remittance: 'pay.html', consents: 'submit.html', one_seal: 'one-seal.html' };

  function asks(route, re) {
    return Boolean(route && (route.fields || []).some(function (f) { return re.test(f.pointer); }));
  }
  /* About certificates that exist? */
  ZY.aboutOld = function (route) { return asks(route, /items\/\*\/old_serial$/); };
  /* Must a form be printed, is there anything to scan, is money told of by the applicant? */
  ZY.wantsForm = function (kase) { return kase.materials.some(function (m) { return m.code === 'm1' && m.required; }); };
  ZY.scans = function (kase) {
    return kase.materials.filter(function (m) { return m.required || m.files.length > 0; });
  };
  ZY.tellsMoney = function (route) { return asks(route, /^#?\/remittance\//); };

  ZY.link = function (page, no) { return ZY.home + '/apply/' + page + '?no=' + encodeURIComponent(no || ZY.kase.no); };
  ZY.pageOfPointer = function (pointer) {
    const parts = String(pointer || '').replace(/^#?\//, '').split('/');
    if (parts[0] === 'materials' && parts[1]) { return ZY.link('upload.html') + '#' + parts[1]; }
    const mine = ZY.sectionsOf(ZY.route).filter(function (s) { return s.has.indexOf(parts[0]) >= 0; })[0];
    const page = mine ? mine.page : PAGE_OF[parts[0]];
    if (!page) { return ZY.link('tasks.html'); }
    return ZY.link(page) + (ZY.sections.some(function (s) { return s.page === page; }) ? '#' + ZY.pointerId(pointer) : '');
  };

  ZY.routeOf = function (catalog, service, holder, channel) {
    const s = (catalog.services || []).filter(function (x) { return x.code === service; })[0];
    return s && s.routes.filter(function (r) { return r.holder === holder && r.channel === channel; })[0] || null;
  };
  ZY.sectionsOf = function (route) {
    const old = ZY.aboutOld(route);
    return ZY.sections.filter(function (s) {
      if (s.old === true && !old) { return false; }
      return (route && route.fields || []).some(function (f) {
        const part = f.pointer.replace(/^#?\//, '').split('/')[0];
        return s.has.indexOf(part) >= 0 && !(old && s.old === false && part === 'items');
      });
    }).map(function (s) { return old && s.old === false ? Object.assign({}, s, { has: ['years'] }) : s; });
  };
  ZY.itemName = function (code) { return ZY.itemNames && ZY.itemNames[code] || ZY.nameOf(ZY.cat.change_items, code); };
  ZY.nameOf = function (list, code, otherwise) {
    const hit = (list || []).filter(function (x) { return x.code === code; })[0];
    return hit ? hit.name : otherwise === undefined ? code : otherwise;
  };
  ZY.editable = function (kase) { return kase.state === 'draft' || kase.state === 'printed' || kase.state === 'returned'; };

  /* ---- the case ---- */

  ZY.kase = null;
  ZY.etag = '';
  function keep(answer) {
    ZY.kase = answer.data;
    ZY.etag = answer.etag || '"' + answer.data.version + '"';
    fillSide();
    return answer.data;
  }
  ZY.keepCase = keep;
  ZY.fetchCase = function () { return ZY.api('GET', '/api/applications/' + ZY.no()).then(keep); };
  /* fn() (a promise) whenever the status is another than that of ZY.kase, until case or session is over. */
  const OVER = ['completed', 'rejected', 'withdrawn', 'expired'];
  function mark(k) { return JSON.stringify([k.version, k.state, k.turn, k.turn_text, k.due, k.updated_at, k.gates]); }
  ZY.follow = function (fn) {
    if (OVER.indexOf(ZY.kase.state) >= 0) { return; }
    ZY.watch(function () {
      return ZY.api('GET', '/api/applications/' + ZY.kase.no + '/status', { quiet: true }).then(function (r) {
        const changed = mark(r.data) !== mark(ZY.kase);
        return (changed ? fn() : Promise.resolve()).then(function () {
          return OVER.indexOf(ZY.kase.state) >= 0 ? 'over' : changed;
        });
      }, function (p) {
        if (p.status === 401) { return 'over'; }
        throw p;
      });
    });
  };
  /* Catalogue and case, then fn(case, catalog, route, more); without a number: to the list of one's cases.  more: what
   * also(number) promised, so that the page appears whole. */
  ZY.withCase = function (fn, also) {
    if (!ZY.no()) { location.replace(ZY.home + '/apply/tasks.html'); return; }
    ZY.load(function () {
      return Promise.all([ZY.fetchCase(), ZY.catalog(), also ? also(ZY.no()) : null]);
    }, function (both) {
      ZY.cat = both[1];
      ZY.route = ZY.routeOf(both[1], both[0].service, both[0].holder, both[0].channel);
      links();
      fillSide();
      fn(both[0], both[1], ZY.route, both[2]);
    });
  };
  /* data-page: a link to that page of this case. */
  function links() {
    ZY.$$('a[data-page]').forEach(function (a) { a.href = ZY.link(a.dataset.page); });
  }
  /* Parts of a page for some applications only: data-only="h-ind c-post g-money", any of them; facts are the holder, the
   * way, the effect and what is waited for. */
  function only() {
    const k = ZY.kase;
    const facts = ['h-' + k.holder, 'c-' + k.channel, 'e-' + k.effect].concat(k.gates.map(function (g) { return 'g-' + g.name; }));
    ZY.$$('[data-only]').forEach(function (n) {
      n.hidden = !n.dataset.only.split(' ').some(function (f) { return f[0] === '!' ? facts.indexOf(f.slice(1)) < 0 : facts.indexOf(f) >= 0; });
    });
  }
  function fillSide() {
    if (ZY.kase) {
      only();
      ZY.$$('.side a[href*="/guide/"]').forEach(function (a) { a.href = ZY.guideOf(ZY.cat, ZY.kase.service); });
    }
    ZY.$$('[data-c]').forEach(function (n) {
      const k = ZY.kase;
      const what = n.dataset.c;
      if (!k) { return; }
      if (what === 'no') { n.textContent = k.no; }
      if (what === 'kind') {
        n.textContent = ZY.t('tasks.item', { service: k.service_name,
          holder: ZY.nameOf(ZY.cat && ZY.cat.holders, k.holder, ZY.t('holder.' + k.holder)) });
      }
      if (what === 'channel') { n.textContent = ZY.nameOf(ZY.cat && ZY.cat.channels, k.channel, ZY.t('channel.' + k.channel)); }
      if (what === 'state') { n.textContent = k.state_name || ZY.t('state.' + k.state); }
      if (what === 'amount') { n.textContent = typeof k.amount_fen === 'number' ? ZY.fmt.fee(k.amount_fen) : '–'; }
    });
  }

  let chain = Promise.resolve();
  /* The way on from a section page. */
  ZY.onward = function () {
    if (ZY.param('return') === 'check') { return ZY.link('check.html'); }
    const list = ZY.sectionsOf(ZY.route);
    const here = location.pathname.split('/').pop();
    let at = -1;
    list.forEach(function (s, i) { if (s.page === here) { at = i; } });
    return at >= 0 && at + 1 < list.length ? ZY.link(list[at + 1].page) : ZY.link('tasks.html');
  };
  /* One PATCH at a time, each with the newest ETag. */
  ZY.patch = function (body, quiet) {
    const run = function () {
      return ZY.api('PATCH', '/api/applications/' + ZY.kase.no, { body: body, ifMatch: ZY.etag, quiet: quiet }).then(keep);
    };
    const result = chain.then(run, run);
    chain = result.catch(function () { /* told to whoever asked */ });
    return result;
  };

  ZY.get = function (object, name) {
    return name.split('.').reduce(function (o, k) { return o === null || o === undefined ? undefined : o[k]; }, object);
  };
  ZY.put = function (object, name, value) {
    const keys = name.split('.');
    let o = object;
    keys.slice(0, -1).forEach(function (k) { o = o[k] = o[k] || {}; });
    o[keys[keys.length - 1]] = value;
    return object;
  };

  /* What stands at a name (unit.kind), as people read it; data: a case, or what it says of itself. */
  ZY.valueOf = function (data, name) {
    const v = ZY.get(data, name);
    if (v === null || v === undefined || v === '') { return ''; }
    if (name === 'unit.kind') { return ZY.nameOf(ZY.cat.unit_kinds, v); }
    if (name === 'unit.licence_kind') {
      const kind = (ZY.cat.unit_kinds || []).filter(function (k) { return k.code === data.unit.kind; })[0];
      return ZY.nameOf(kind && kind.licences, v);
    }
    if (/id_type$/.test(name)) { return ZY.nameOf(ZY.cat.id_types, v); }
    if (/licence_until$|paid_on$/.test(name)) { return ZY.fmt.date(v); }
    if (/(agent|person|delivery)\.phone$/.test(name)) { return ZY.fmt.phone(v); }
    if (name === 'reason') { return ZY.nameOf(ZY.cat.causes, v); }
    if (name === 'change.items') { return v.map(ZY.itemName).join(ZY.t('comma')); }
    if (name === 'years') { return ZY.t('cert.year', { n: v }); }
    if (name === 'delivery.mode' || name === 'invoice.kind') { return ZY.t(name + '.' + v); }
    if (typeof v === 'object') { return ''; }
    return String(v);
  };

  /* Submitted cases are for reading. */
  ZY.lock = function (form) {
    ZY.$$('input,select,textarea,button', form).forEach(function (c) { c.disabled = true; c.hidden = c.type === 'submit'; });
    form.parentNode.insertBefore(ZY.el('div', { class: 'box box-info' }, [
      ZY.el('p', { text: ZY.t('tasks.locked') }),
      ZY.el('p', {}, [ZY.el('a', { href: ZY.home + '/track/case.html?no=' + ZY.kase.no, text: ZY.t('tasks.locked.link') })])]), form);
  };

  ZY.options = function (select, rows) {
    const first = select.options[0] && !select.options[0].value ? select.options[0] : null;
    const value = select.value;
    ZY.clear(select);
    if (first) { select.appendChild(first); }
    rows.forEach(function (r) { select.appendChild(ZY.el('option', { value: r.code, text: r.name })); });
    select.value = value;
  };
}(window.ZY));
