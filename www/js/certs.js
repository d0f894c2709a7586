/* Certificates of who is signed in, masked by the server: days left, what may be done with each.  Below: picking them for
 * a case. */
'use strict';
(function (ZY) {
  const $ = ZY.$;

  ZY.leftText = function (c) {
    if (c.status !== 'valid') { return ZY.t('certs.to', { date: ZY.fmt.date(c.not_after), status: c.status_name }); }
    return ZY.t(c.days_left ? 'certs.left' : 'certs.last', { n: c.days_left, date: ZY.fmt.date(c.not_after) });
  };
  ZY.certTag = function (c) {
    const near = c.status === 'valid' && c.days_left <= 90;
    return ZY.el('span', { class: 'tag ' + (c.status !== 'valid' ? 'tag-err' : near ? 'tag-warn' : 'tag-ok'),
      text: near ? ZY.t('certs.days', { n: c.days_left }) : c.status_name });
  };
  /* dl rows of one certificate, without its name */
  ZY.certRows = function (dl, c, catalog) {
    const rows = [['certs.kind', ZY.nameIn(catalog.holders, c.holder, 'holder.')], ['certs.serial', ZY.fmt.group4(c.sign_serial), 'code'],
      ['certs.until', ZY.leftText(c)]];
    if (c.holder !== 'org' && c.unit_name) { rows.push(['certs.unit', c.unit_name]); }
    rows.push(['certs.seal', [ZY.nameIn(catalog.seal_kinds, c.seal_kind, 'certs.seal.'), c.seal_name].filter(Boolean).join('\u00b7')]);
    if (c.token_serial) { rows.push(['certs.token', c.token_serial, 'code']); }
    if (c.renew.state === 'early') { rows.push(['certs.renew', ZY.t('certs.opens', { date: ZY.fmt.date(c.renew.opens_on) })]); }
    rows.forEach(function (r) {
      if (!c.seal_kind && r[0] === 'certs.seal') { return; }
      dl.appendChild(ZY.el('div', {}, [ZY.el('dt', { text: ZY.t(r[0]) }), ZY.el('dd', { class: r[2] || '', text: r[1] })]));
    });
    return dl;
  };

  ZY.ready(function () {
    if (!$('#certs')) { return; }
    let catalog = null;
    function page(after) {
      return ZY.api('GET', '/api/certificates?limit=50' + (after ? '&after=' + encodeURIComponent(after) : '')).then(function (r) { return r.data; });
    }
    function draw(data) {
      data.items.forEach(function (c) {
        const li = ZY.tpl('t-cert');
        ZY.text(li, 'h2', c.holder_name).appendChild(ZY.certTag(c));
        ZY.certRows($('dl', li), c, catalog);
        catalog.services.filter(function (s) { return c.services.indexOf(s.code) >= 0; }).forEach(function (s) {
          const a = ZY.el('a', { class: 'btn btn-2 btn-s', href: ZY.home + '/apply/start.html?service=' + s.code, text: s.name });
          a.appendChild(ZY.vh(ZY.t('certs.of', { name: c.holder_name, end: c.sign_serial.slice(-6) })));
          a.addEventListener('click', function () { ZY.remember('cert', c.id); });
          $('.can', li).appendChild(a);
        });
        if (!c.services.length) { ZY.text(li, '.can', ZY.t('certs.none')); }
        $('#certs').appendChild(li);
      });
      const more = ZY.show($('#more'), Boolean(data.next));
      more.dataset.after = data.next || '';
    }
    ZY.load(function () {
      return ZY.session().then(function (s) {
        if (!s.signed_in) { ZY.signIn(); return new Promise(function () { /* leaving */ }); }
        return Promise.all([page(''), ZY.catalog()]);
      });
    }, function (both) {
      catalog = both[1];
      ZY.show($('#empty'), !both[0].items.length);
      draw(both[0]);
      ZY.onPress($('#more'), function () { return page($('#more').dataset.after).then(draw); });
    });
  });
}(window.ZY));

/* The page of a case where its certificates are picked: one's own to tick, others by serial and code; their seals come from
 * the register. */
(function (ZY) {
  const $ = ZY.$;
  const lines = [];   /* {cert, serial, seal_kind, seal_name} */
  let own = [];
  let wish = {};      /* unit or person to be kept with the case */

  function byUnit() { return ZY.kase.holder !== 'ind'; }
  function kinds() {
    const h = ZY.cat.holders.filter(function (x) { return x.code === ZY.kase.holder; })[0];
    return h ? h.seal_kinds : [];
  }
  /* The seal is asked for when nobody knows it, or when it is what may change. */
  function asksSeal(l) {
    return Boolean(l.asked || ((ZY.kase.change || {}).items || []).indexOf('seal') >= 0);
  }
  function why(c) {
    if (c.holder !== ZY.kase.holder) { return ZY.t('old.no.holder'); }
    if (c.services.indexOf(ZY.kase.service) < 0) {
      return c.renew.state === 'early' && c.status === 'valid' ? ZY.t('certs.opens', { date: ZY.fmt.date(c.renew.opens_on) }) : ZY.t('old.no.status', { status: c.status_name });
    }
    return '';
  }
  function other(c) {
    return lines.some(function (l) { return l.cert && byUnit() && l.cert.uscc !== c.uscc; });
  }

  function add(c, serial, item) {
    const l = { cert: c, serial: c ? c.sign_serial : serial, seal_kind: item ? item.seal_kind : null, seal_name: item ? item.seal_name : null };
    l.asked = item ? Boolean(item.old_serial && !item.seal_kind) : false;
    lines.push(l);
    if (c && !item && byUnit()) {
      const unit = ZY.kase.unit || {};
      if (c.uscc && unit.uscc !== c.uscc) { wish.unit = { name: c.unit_name, uscc: c.uscc }; }
      if (!c.uscc && !unit.name) { wish.unit = { name: c.unit_name }; }
    }
  }
  function drop(serial) {
    const at = lines.map(function (l) { return l.serial; }).indexOf(serial);
    if (at >= 0) { lines.splice(at, 1); }
  }

  function sealFields(box, l, i) {
    const ways = kinds();
    const id = 'items-' + i + '-';
    if (ways.length > 1) {
      const set = ZY.el('div', { class: 'opts-2' });
      ways.forEach(function (k, n) {
        const r = ZY.el('input', { type: 'radio', name: 'items.' + i + '.seal_kind', id: id + 'seal_kind' + (n ? '-' + (n + 1) : ''), value: k });
        r.checked = l.seal_kind === k;
        r.addEventListener('change', function () { l.seal_kind = k; });
        set.appendChild(ZY.el('div', { class: 'opt' }, [r, ZY.el('label', { for: r.id, text: ZY.nameOf(ZY.cat.seal_kinds, k) })]));
      });
      box.appendChild(ZY.el('div', { class: 'fld' }, [ZY.el('fieldset', {}, [ZY.el('legend', { text: ZY.t('old.seal.kind') }), set])]));
    } else { l.seal_kind = ways[0] || null; }
    const name = ZY.el('input', { type: 'text', class: 'w-xl', id: id + 'seal_name', name: 'items.' + i + '.seal_name', maxlength: 256, autocomplete: 'off' });
    name.value = l.seal_name || '';
    name.addEventListener('input', function () { l.seal_name = name.value.trim() || null; });
    box.appendChild(ZY.el('div', { class: 'fld' }, [ZY.el('label', { for: name.id, text: ZY.t('old.seal.name') }), name]));
  }
  function draw() {
    const box = ZY.clear($('#lines'));
    lines.forEach(function (l, i) {
      const part = ZY.tpl('t-line');
      ZY.text(part, 'h3', ZY.t('old.line', { n: i + 1, name: l.cert ? l.cert.holder_name : '' }));
      if (l.cert) { ZY.certRows($('dl', part), l.cert, ZY.cat); }
      else { $('dl', part).appendChild(ZY.el('div', {}, [ZY.el('dt', { text: ZY.t('certs.serial') }), ZY.el('dd', { class: 'code', text: ZY.fmt.group4(l.serial) })])); }
      part.id = 'items-' + i + '-old_serial';
      if (asksSeal(l)) { sealFields($('.seal', part), l, i); }
      else if (l.seal_name && (!l.cert || !l.cert.seal_kind)) {
        $('dl', part).appendChild(ZY.el('div', {}, [ZY.el('dt', { text: ZY.t('certs.seal') }), ZY.el('dd', { text: [ZY.nameOf(ZY.cat.seal_kinds, l.seal_kind, ''), l.seal_name].filter(Boolean).join('\u00b7') })]));
      }
      const del = $('.del', part);
      del.appendChild(ZY.vh(ZY.t('old.line', { n: i + 1, name: '' })));
      del.addEventListener('click', function () { drop(l.serial); draw(); ZY.say(ZY.t('old.removed')); });
      box.appendChild(part);
    });
    ZY.show($('#none'), !lines.length);
    ZY.$$('#own input').forEach(function (c) {
      const cert = own[+c.value];
      c.checked = lines.some(function (l) { return l.serial === cert.sign_serial; });
      c.disabled = Boolean(why(cert)) || (!c.checked && other(cert));
    });
  }
  function list() {
    own.forEach(function (c, i) {
      if (c.holder !== ZY.kase.holder) { return; }
      const input = ZY.el('input', { type: 'checkbox', id: 'own-' + i, value: String(i) });
      const label = ZY.el('label', { for: input.id, text: c.holder_name }, [ZY.certTag(c)]);
      label.appendChild(ZY.el('span', { class: 'hint', text: why(c) || ZY.t('old.own', { left: ZY.leftText(c), end: c.sign_serial.slice(-6) }) }));
      input.addEventListener('change', function () {
        if (input.checked) { add(c, '', null); } else { drop(c.sign_serial); }
        draw();
        ZY.say(ZY.t(input.checked ? 'old.added' : 'old.removed'));
      });
      $('#own').appendChild(ZY.el('div', { class: 'opt' }, [input, label]));
    });
    ZY.show($('#own-part'), Boolean($('#own').firstChild));
  }

  function find() {
    const serial = $('#find-serial').value.trim();
    const code = $('#find-code').value.trim();
    const faults = [];
    if (!serial) { faults.push({ pointer: '#/find/serial', detail: ZY.t('must.text', { label: ZY.t('certs.serial') }) }); }
    if (!code) { faults.push({ pointer: '#/find/code', detail: ZY.t('must.text', { label: $('label[for=find-code]').textContent }) }); }
    if (faults.length) { ZY.errors.show(faults); return null; }
    const body = { serial: serial };
    body[byUnit() ? 'uscc' : 'id_number'] = code;
    return ZY.api('POST', '/api/certificates/find', { body: body }).then(function (r) {
      const c = r.data;
      ZY.errors.clear();
      const no = why(c) || (other(c) ? ZY.t('old.other') : '') || (lines.some(function (l) { return l.serial === c.sign_serial; }) ? ZY.t('old.twice') : '');
      if (no) { ZY.errors.show([{ pointer: '#/find/serial', detail: no }]); return; }
      add(c, '', null);
      if (!byUnit()) { wish.person = { id_number: code.toUpperCase() }; }
      $('#find').reset();
      draw();
      $('#lines').lastChild.querySelector('h3').focus();
      ZY.say(ZY.t('old.added'));
    }, function (p) {
      p.errors = p.errors.map(function (e) { return { pointer: /serial/.test(e.pointer) ? '#/find/serial' : '#/find/code', detail: e.detail }; });
      if (!p.errors.length) { p.errors = [{ pointer: '#/find/serial', detail: p.detail }]; }
      throw p;
    });
  }

  /* What the server says of these lines; true when the page may be left. */
  function told(errors) {
    const here = errors.filter(function (e) { return /^#?\/items(\/|$)/.test(e.pointer); });
    if (!here.length) { return true; }
    if (here.some(function (e) { return e.code === 'missing' && /seal_/.test(e.pointer); })) {
      lines.forEach(function (l) { l.asked = l.asked || !l.seal_kind || !l.seal_name; });
    }
    draw();
    const left = here.map(function (e) { return Object.assign({ href: '#' + ZY.pointerId(e.pointer) }, e); });
    ZY.errors.show(left);
    ZY.offerSwitch($('#switch'), ZY.kase, errors);
    return false;
  }
  function save() {
    if (!lines.length) { ZY.errors.show([{ pointer: '#/find/serial', detail: ZY.t('old.need') }]); return null; }
    const items = lines.map(function (l) { return { old_serial: l.serial, seal_kind: l.seal_kind || null, seal_name: l.seal_name || null }; });
    const body = Object.assign({ items: items }, wish);
    ZY.errors.clear();
    return ZY.patch(body).then(function (kase) {
      wish = {};
      kase.items.forEach(function (item, i) { lines[i].seal_kind = item.seal_kind; lines[i].seal_name = item.seal_name; });
      return ZY.api('GET', '/api/applications/' + kase.no + '/check');
    }).then(function (r) {
      const soft = ['not_found'];
      const hard = r.data.errors.filter(function (e) {
        return !(soft.indexOf(e.code) >= 0 && !byUnit() && !(ZY.kase.person || {}).id_number) &&
          !(e.code === 'missing' && !byUnit() && !(ZY.kase.person || {}).id_number);
      });
      if (told(hard)) { location.assign(ZY.onward()); }
    });
  }

  ZY.ready(function () {
    if (!$('#own')) { return; }
    ZY.withCase(function (kase, cat, route, mine) {
      $('label[for=find-code]').textContent = ZY.t(byUnit() ? 'old.code.unit' : 'old.code.person');
      const locked = !ZY.editable(kase);
      const started = (kase.items || []).filter(function (i) { return i.old_serial; });
      own = mine;
      started.forEach(function (item) {
        add(own.filter(function (c) { return c.sign_serial === item.old_serial; })[0] || null, item.old_serial, item);
      });
      const wanted = ZY.recall('cert');
      const pre = !lines.length && wanted && own.filter(function (c) { return c.id === wanted && !why(c); })[0];
      if (pre) { add(pre, '', null); }
      list();
      draw();
      if (locked) { ZY.lock($('#section')); ZY.show($('#pick'), false); }
      ZY.onSubmit($('#find'), find);
      ZY.onSubmit($('#section'), save);
    }, function () {
      return ZY.api('GET', '/api/certificates?limit=50', { quiet: true }).then(function (r) { return r.data.items; }, function () { return []; });
    });
  });
}(window.ZY));
