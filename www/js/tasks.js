/* Task list of one case; without a number the list of one's cases; with ?start=service.holder.channel a new case. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const DRAFTS = ['draft', 'printed'];

  /* What the page is about is known now; each part has a heading of its own. */
  function only(part) {
    ZY.show($('#until'), false);
    ZY.show(part);
  }
  /* Not this way: the server's reason, and the way that is open; the answers go along. */
  function refused(p, part, catalog) {
    const why = (catalog.refusals || []).filter(function (r) {
      return r.services.indexOf(part[0]) >= 0 && r.holders.indexOf(part[1]) >= 0 && r.channels.indexOf(part[2]) >= 0;
    })[0];
    const to = [why && why.to_service || part[0], part[1], why && why.to_channel || part[2]];
    const route = ZY.routeOf(catalog, to[0], to[1], to[2]);
    const box = $('#refused');
    ZY.text(box, 'p', p.errors.length ? p.errors[0].detail : p.detail);
    $('#refused-go').textContent = route ? ZY.t('start.instead', { title: route.title }) : ZY.t('start.again');
    $('#refused-go').href = route ? ZY.home + '/apply/tasks.html?start=' + to.join('.') : ZY.home + '/apply/start.html?service=' + part[0] + '&holder=' + part[1];
    ZY.show($('#state'), false);
    only(box);
    ZY.show($('#view'));
    document.body.dataset.ready = '1';
  }
  function begin(start) {
    const part = start.split('.');
    let key = ZY.recall('start.' + start);
    if (!key) { key = ZY.key(); ZY.remember('start.' + start, key); }
    return ZY.api('POST', '/api/applications', { body: { service: part[0], holder: part[1], channel: part[2] }, key: key }).then(function (r) {
      ZY.forget('start.' + start);
      location.replace(ZY.home + '/apply/tasks.html?no=' + encodeURIComponent(r.data.no));
      return new Promise(function () { /* leaving */ });
    }, function (p) {
      if (p.status !== 422) { throw p; }
      ZY.forget('start.' + start);
      return ZY.catalog().then(function (catalog) { refused(p, part, catalog); return new Promise(function () { /* told */ }); });
    });
  }

  function card(item, catalog) {
    const li = ZY.tpl('t-card');
    const draft = DRAFTS.indexOf(item.state) >= 0;
    ZY.text(li, 'h3', ZY.t('tasks.item', { service: item.service_name,
      holder: ZY.nameOf(catalog.holders, item.holder, ZY.t('holder.' + item.holder)) }));
    $('h3', li).appendChild(document.createTextNode(' '));
    $('h3', li).appendChild(ZY.el('span', { class: 'tag' + (item.state === 'returned' ? ' tag-err' : ''), text: item.state_name || ZY.t('state.' + item.state) }));
    ZY.text(li, '.unit', item.unit_name || '');
    ZY.show($('.unit', li), Boolean(item.unit_name));
    ZY.text(li, '.code', item.no);
    ZY.text(li, '.when', ZY.t('tasks.changed', { date: ZY.fmt.dateTime(item.updated_at) }));
    const a = $('a', li);
    a.href = draft ? ZY.home + '/apply/tasks.html?no=' + item.no : item.state === 'returned' ? ZY.home + '/apply/fix.html?no=' + item.no : ZY.home + '/track/case.html?no=' + item.no;
    a.textContent = ZY.t(draft ? 'tasks.continue' : item.state === 'returned' ? 'tasks.fix' : 'tasks.view');
    a.appendChild(ZY.vh(item.no));
    const del = $('button', li);
    if (!draft) { del.parentNode.removeChild(del); return li; }
    del.textContent = ZY.t('tasks.remove');
    let asked = false;
    ZY.onPress(del, function () {
      if (!asked) { asked = true; del.textContent = ZY.t('tasks.remove.ask'); return null; }
      return ZY.api('DELETE', '/api/applications/' + item.no, { ifMatch: item.version }).then(function () {
        li.parentNode.removeChild(li);
        if (ZY.recall('no') === item.no) { ZY.forget('no'); }
        ZY.say(ZY.t('tasks.removed'));
      });
    });
    return li;
  }

  function list(start) {
    ZY.load(function () {
      return ZY.session().then(function (s) {
        if (!s.signed_in) { ZY.signIn(); return new Promise(function () { /* leaving */ }); }
        return Promise.all([ZY.api('GET', '/api/applications?limit=50'), ZY.catalog(), s]);
      }).then(function (all) {
        const open = all[0].data.items.filter(function (i) {
          return DRAFTS.indexOf(i.state) >= 0 && start.indexOf(i.service + '.' + i.holder) === 0;
        });
        return start && !open.length ? begin(start) : all;
      });
    }, function (all) {
      const items = all[0].data.items;
      only($('#list'));
      ZY.show($('#have'), Boolean(start));
      ZY.show($('#empty'), !items.length);
      items.forEach(function (i) { $('#cards').appendChild(card(i, all[1])); });
      $('#signed').textContent = all[2].signed_in ? ZY.t('tasks.signed', { phone: all[2].phone }) : '';
      if (start) { ZY.onPress($('#new'), function () { return begin(start); }); }
      ZY.onPress($('#out'), function () {
        return ZY.api('DELETE', '/api/session').then(function () {
          try {
            sessionStorage.clear();
            Object.keys(localStorage).forEach(function (k) { if (k.indexOf('tus::') === 0) { localStorage.removeItem(k); } });
          } catch (e) { /* storage closed */ }
          location.assign(ZY.home + '/');
        });
      });
    });
  }

  /* ---- one case ---- */

  function touched(kase, prefixes) {
    return prefixes.some(function (p) {
      const v = kase[p];
      if (Array.isArray(v)) { return v.length > 0; }
      if (v && typeof v === 'object') { return Object.keys(v).some(function (k) { return Boolean(v[k]); }); }
      return Boolean(v);
    });
  }
  function rows(kase, errors) {
    const has = function (prefixes) {
      return errors.some(function (e) { return prefixes.indexOf(e.pointer.replace(/^#?\//, '').split('/')[0]) >= 0; });
    };
    const under = function (re) { return errors.some(function (e) { return re.test(e.pointer); }); };
    const out = [];
    ZY.sectionsOf(ZY.route).forEach(function (s) {
      const done = !has(s.has) && touched(kase, s.has);
      const wrong = errors.some(function (e) { return e.code !== 'missing' && s.has.indexOf(e.pointer.replace(/^#?\//, '').split('/')[0]) >= 0; });
      out.push({ group: 'fill', code: s.code, page: s.page, mark: done ? 'done' : !touched(kase, s.has) ? 'todo' : s.old && wrong ? 'wrong' : 'doing' });
    });
    const filled = out.every(function (r) { return r.mark === 'done'; });
    const formOk = kase.form && kase.form.version > 0 && kase.form.current;
    if (ZY.wantsForm(kase)) {
      const version = (kase.form || {}).version;
      out.push({ group: 'print', code: 'check', page: 'check.html', mark: formOk ? 'done' : filled ? 'todo' : 'closed', why: 'why.form' });
      out.push({ group: 'print', code: 'form', page: 'form.html', mark: formOk ? 'done' : version > 0 ? 'wrong' : 'closed', why: 'why.check' });
    }
    const mats = ZY.scans(kase).filter(function (m) { return m.required; });
    if (mats.length) {
      const sent = mats.filter(function (m) { return m.state !== 'missing'; }).length;
      const matsWrong = under(/^#?\/(materials|attachments)\//) || mats.some(function (m) { return m.state === 'fail'; });
      out.push({ group: 'upload', code: 'upload', page: 'upload.html',
        mark: !matsWrong && sent === mats.length ? 'done' : sent ? 'doing' : 'todo' });
    }
    if (ZY.tellsMoney(ZY.route)) {
      const payWrong = has(['remittance']);
      const paid = touched(kase, ['remittance']);
      const ahead = !(ZY.route.fields || []).some(function (f) { return /remittance\/payer_name/.test(f.pointer) && f.required; });
      out.push({ group: 'upload', code: 'pay', page: 'pay.html', mark: !payWrong && (paid || ahead) ? 'done' : paid ? 'doing' : 'todo' });
    }
    const rest = out.every(function (r) { return r.mark === 'done'; });
    out.push({ group: 'submit', code: 'submit', page: 'submit.html', mark: rest ? 'todo' : 'closed', why: 'why.submit' });
    return out;
  }
  /* What should be known before going on, each with its action. */
  function hints(kase, errors) {
    const box = ZY.clear($('#hints'));
    (kase.hints || []).forEach(function (h) {
      const part = ZY.el('div', { class: 'box box-warn' }, [ZY.el('p', { text: h.text + ZY.t('stop') })]);
      const acts = ZY.el('p');
      ZY.offerSwitch(acts, kase, [h]);
      if (!acts.firstChild && h.url && h.url.indexOf('/') === 0) { ZY.show(acts).appendChild(ZY.el('a', { href: h.url.indexOf('?') > 0 || h.url.indexOf('/apply/') < 0 ? h.url : h.url + '?no=' + kase.no, text: ZY.t('hint.see') })); }
      part.appendChild(acts);
      box.appendChild(part);
    });
    const said = errors.filter(function (e) { return e.code === 'expired_offline' || e.code === 'expired' || e.code === 'counter_only'; });
    if (said.length) {
      const acts = ZY.el('p');
      ZY.offerSwitch(acts, kase, said);
      box.appendChild(ZY.el('div', { class: 'box box-warn' }, [ZY.el('p', { text: said[0].detail + ZY.t('stop') }), acts]));
    }
  }
  function draw(kase, errors) {
    const all = rows(kase, errors);
    const box = ZY.clear($('#groups'));
    ['fill', 'print', 'upload', 'submit'].forEach(function (g) {
      const mine = all.filter(function (r) { return r.group === g; });
      if (!mine.length) { return; }
      const part = ZY.tpl('t-group');
      part.setAttribute('aria-labelledby', 'g-' + g);
      ZY.text(part, 'h2', ZY.t('group.' + g)).id = 'g-' + g;
      const ul = $('ul', part);
      ul.setAttribute('aria-labelledby', 'g-' + g);
      mine.forEach(function (r) {
        const id = 'mark-' + r.code;
        const name = ZY.t('sec.' + r.code);
        const first = r.mark === 'closed' ? ZY.el('span', {}, [ZY.el('span', { class: 'muted', text: name }), ZY.el('span', { class: 'why', text: ZY.t(r.why) })])
          : ZY.el('a', { href: ZY.link(r.page, kase.no), 'aria-describedby': id, text: name });
        const tag = { done: '', todo: 'tag', doing: 'tag tag-warn', wrong: 'tag tag-err', closed: 'tag tag-off' }[r.mark];
        ul.appendChild(ZY.el('li', {}, [first, ZY.el('span', { id: id, class: tag, text: ZY.t('mark.' + r.mark) })]));
      });
      box.appendChild(part);
    });
    $('#count').textContent = ZY.t('tasks.count', { n: all.length, done: all.filter(function (r) { return r.mark === 'done'; }).length });
    $('#closes').textContent = kase.closes_on ? ZY.t('tasks.closes.on', { date: ZY.fmt.date(kase.closes_on) })
      : ZY.t('tasks.closes', { date: ZY.fmt.date(kase.updated_at) });
  }

  ZY.ready(function () {
    const start = ZY.param('start');
    const given = ZY.param('no');
    if (/^[a-z]+\.[a-z]+\.[a-z]+$/.test(start)) { list(start); return; }
    if (!given) { list(''); return; }
    ZY.load(function () {
      return Promise.all([ZY.fetchCase(), ZY.catalog()]).then(function (both) {
        if (DRAFTS.indexOf(both[0].state) < 0) { return both.concat([{ data: { errors: [] } }]); }
        return ZY.api('GET', '/api/applications/' + both[0].no + '/check').then(function (r) { return both.concat([r]); });
      });
    }, function (all) {
      const kase = all[0];
      ZY.cat = all[1];
      ZY.route = ZY.routeOf(all[1], kase.service, kase.holder, kase.channel);
      ZY.keepCase({ data: kase, etag: ZY.etag });
      only($('#one'));
      $('#one-t').textContent = ZY.route && ZY.route.title || ZY.t('tasks.item', { service: ZY.nameOf(all[1].services, kase.service),
        holder: ZY.nameOf(all[1].holders, kase.holder) });
      ZY.$$('a[data-page]').forEach(function (a) { a.href = ZY.link(a.dataset.page); });
      if (kase.state === 'draft' && !kase.one_seal && !ZY.aboutOld(ZY.route)) { location.replace(ZY.home + '/apply/one-seal.html?no=' + kase.no); return; }
      if (DRAFTS.indexOf(kase.state) < 0) {
        ZY.show($('#work'), false);
        ZY.text(ZY.show($('#locked')), 'p', ZY.t(kase.state === 'returned' ? 'tasks.returned' : 'tasks.locked'));
        $('#locked-go').href = (kase.state === 'returned' ? ZY.home + '/apply/fix.html?no=' : ZY.home + '/track/case.html?no=') + kase.no;
        $('#locked-go').textContent = ZY.t(kase.state === 'returned' ? 'tasks.fix' : 'tasks.view');
        return;
      }
      hints(kase, all[2].data.errors || []);
      draw(kase, all[2].data.errors || []);
    });
  });
}(window.ZY));
