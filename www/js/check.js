/* What is typed: checks of fields by the same algorithms as the server's (the server decides), and the form of a section
 * page, which saves by itself; of the case it knows what apply.js keeps.
 * ZY.rules.x(text) folds and checks: {value: folded, key: text key of the fault or '', params}. */
'use strict';
(function (ZY) {
  const BLANK = /^[\s\u3000\u200b-\u200d\ufeff]+|[\s\u3000\u200b-\u200d\ufeff]+$/g;
  const DOTS = /[\u2022\u30fb\uff0e\u2027\u2219]/g;

  ZY.points = function (text) { return Array.from(text); };
  ZY.trim = function (text) { return String(text === null || text === undefined ? '' : text).replace(BLANK, ''); };
  function narrow(text) {
    return text.replace(/[\uff01-\uff5e]/g, function (c) { return String.fromCharCode(c.charCodeAt(0) - 0xfee0); });
  }
  /* Codes and numbers: half width, no blanks or hyphens, capitals. */
  ZY.code = function (text) { return narrow(ZY.trim(text)).replace(/[\s\u3000-]/g, '').toUpperCase(); };

  function right(value) { return { value: value, key: '', params: null }; }
  function wrong(value, key, params) { return { value: value, key: key, params: params || null }; }

  const USCC = '0123456789ABCDEFGHJKLMNPQRTUWXY';
  const USCC_W = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
  function uscc(text) {
    const v = ZY.code(text);
    const chars = ZY.points(v);
    if (chars.length !== 18) { return wrong(v, 'check.uscc_length', { n: chars.length }); }
    let sum = 0;
    for (let i = 0; i < 18; i += 1) {
      const at = USCC.indexOf(chars[i]);
      if (at < 0) { return wrong(v, 'check.uscc_char', { c: chars[i] }); }
      if (i < 17) { sum += at * USCC_W[i]; }
    }
    return USCC.indexOf(chars[17]) === (31 - sum % 31) % 31 ? right(v) : wrong(v, 'check.uscc_check');
  }

  const ID_W = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  function resident(text) {
    const v = ZY.code(text);
    const n = ZY.points(v).length;
    if (/^\d{15}$/.test(v)) { return wrong(v, 'check.id_old'); }
    if (n !== 18) { return wrong(v, 'check.id_length', { n: n }); }
    if (!/^\d{17}[\dX]$/.test(v)) { return wrong(v, 'check.id_char'); }
    const y = +v.slice(6, 10);
    const m = +v.slice(10, 12);
    const d = +v.slice(12, 14);
    const day = new Date(Date.UTC(y, m - 1, d));
    const today = ZY.today().replace(/-/g, '');
    if (day.getUTCFullYear() !== y || day.getUTCMonth() !== m - 1 || day.getUTCDate() !== d || v.slice(6, 14) > today) {
      return wrong(v, 'check.id_date');
    }
    let sum = 0;
    for (let i = 0; i < 17; i += 1) { sum += ID_W[i] * +v[i]; }
    return '10X98765432'[sum % 11] === v[17] ? right(v) : wrong(v, 'check.id_check');
  }

  function mobile(text) {
    let v = ZY.code(text);
    if (v.indexOf('+86') === 0) { v = v.slice(3); }
    if (v.indexOf('0086') === 0) { v = v.slice(4); }
    if (v.length === 13 && v.indexOf('86') === 0) { v = v.slice(2); }
    return /^1[3-9]\d{9}$/.test(v) ? right(v) : wrong(v, 'check.mobile');
  }
  function phone(text) {
    const m = mobile(text);
    if (!m.key) { return m; }
    const v = narrow(ZY.trim(text)).replace(/[\s\u3000]/g, '');
    return /^0\d{2,3}-?\d{7,8}(-\d{1,6})?$/.test(v) || /^[48]00-?\d{3}-?\d{4}$/.test(v) ? right(v) : wrong(v, 'check.phone');
  }
  function email(text) {
    const v = narrow(ZY.trim(text));
    return ZY.points(v).length <= 120 && /^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(v) ? right(v) : wrong(v, 'check.email');
  }
  function person(text) {
    const v = ZY.trim(text).replace(DOTS, '\u00b7').replace(/[\s\u3000]+/g, ' ');
    const n = ZY.points(v).length;
    return n < 2 || n > 50 || /[0-9\uff10-\uff19]/.test(v) ? wrong(v, 'check.person_name') : right(v);
  }
  function unit(text) {
    const v = ZY.trim(text).replace(/\(/g, '\uff08').replace(/\)/g, '\uff09');
    return ZY.points(v).length > 128 ? wrong(v, 'check.unit_name') : right(v);
  }
  function match(fold, re, key) {
    return function (text) {
      const v = fold(text);
      return re.test(v) ? right(v) : wrong(v, key);
    };
  }
  /* 1,400.00 → 140000 fen */
  function money(text) {
    const v = narrow(ZY.trim(text)).replace(/^[¥￥]\s*/, '').replace(/\s/g, '');
    const m = /^(\d{1,9}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d{1,2}))?$/.exec(v);
    if (!m) { return wrong(v, 'check.money'); }
    const cents = m[2] ? (m[2] + '0').slice(0, 2) : '00';
    return right(parseInt(m[1].replace(/,/g, ''), 10) * 100 + parseInt(cents, 10));
  }
  function date(text) {
    const v = narrow(ZY.trim(text)).replace(/[/.\u5e74\u6708]/g, '-').replace(/\u65e5$/, '');
    const m = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(v);
    if (!m) { return wrong(v, 'check.date'); }
    const d = new Date(Date.UTC(+m[1], +m[2] - 1, +m[3]));
    const out = m[1] + '-' + ('0' + m[2]).slice(-2) + '-' + ('0' + m[3]).slice(-2);
    return d.getUTCMonth() === m[2] - 1 && d.getUTCDate() === +m[3] ? right(out) : wrong(v, 'check.date');
  }
  /* Case number: its last character is the ISO 7064 MOD 37,36 check. */
  function caseNo(text) {
    const v = ZY.code(text);
    if (!/^[0-9A-Z]{8,32}$/.test(v)) { return wrong(v, 'check.no'); }
    const set = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
    let p = 36;
    for (let i = 0; i < v.length - 1; i += 1) {
      p = (p + set.indexOf(v[i])) % 36 || 36;
      p = 2 * p % 37;
    }
    return set[(37 - p) % 36] === v[v.length - 1] ? right(v) : wrong(v, 'check.no');
  }

  ZY.rules = {
    line: function (text) { return right(ZY.trim(text).replace(/[\r\n\t]+/g, ' ')); },
    uscc: uscc, resident: resident, mobile: mobile, phone: phone, email: email, person: person, unit: unit, money: money,
    date: date, no: caseNo,
    passport: match(ZY.code, /^[0-9A-Z]{5,20}$/, 'check.id_other'),
    account: match(ZY.code, /^\d{6,32}$/, 'check.account'),
    tax: match(ZY.code, /^[0-9A-Z]{15,20}$/, 'check.tax'),
    otp: match(ZY.code, /^\d{6}$/, 'check.otp')
  };

  /* Characters that a reader may not have in a font: [{char, code, own}] */
  ZY.rareIn = function (text) {
    const seen = {};
    return ZY.points(String(text || '')).filter(function (c) {
      const n = c.codePointAt(0);
      const rare = n >= 0x20000 || (n >= 0x3400 && n <= 0x4dbf) || (n >= 0x9fa6 && n <= 0x9fff) || (n >= 0xe000 && n <= 0xfaff);
      if (!rare || seen[c]) { return false; }
      seen[c] = true;
      return true;
    }).map(function (c) {
      const n = c.codePointAt(0);
      return { char: c, code: 'U+' + n.toString(16).toUpperCase(), own: (n >= 0xe000 && n <= 0xf8ff) || n >= 0xf0000 };
    });
  };

  /* ---- section form ---- */

  function labelOf(control) {
    if (control.dataset.label) { return control.dataset.label; }
    const fld = control.closest('.fld');
    const at = fld && (ZY.$('legend', fld) || ZY.$('label', fld));
    return at ? at.textContent.replace(ZY.t('optional'), '').trim() : control.name;
  }
  function groups(form) {
    const seen = {};
    return ZY.$$('[name]', form).filter(function (c) {
      if (c.closest('[hidden]') || c.disabled || seen[c.name]) { return false; }
      seen[c.name] = true;
      return true;
    });
  }
  function rawOf(form, control) {
    if (control.type === 'radio') {
      const on = ZY.$$('[name="' + control.name + '"]', form).filter(function (r) { return r.checked; })[0];
      return on ? on.value : '';
    }
    if (control.type === 'checkbox') { return control.checked; }
    return control.value;
  }
  /* {value, detail}: value null when empty, detail the fault or ''. */
  ZY.readControl = function (form, control) {
    const raw = rawOf(form, control);
    if (typeof raw === 'boolean') { return { value: raw, detail: '' }; }
    const label = labelOf(control);
    if (ZY.trim(raw) === '') {
      const choice = control.type === 'radio' || control.tagName === 'SELECT';
      return { value: null, detail: control.hasAttribute('data-need') ? ZY.t(choice ? 'must.choice' : 'must.text', { label: label }) : '', empty: true };
    }
    let rule = control.dataset.check || 'line';
    if (rule === 'id') {
      const type = ZY.$('[name="' + control.name.replace('id_number', 'id_type') + '"]', form);
      const kind = type ? rawOf(form, type) : 'resident';
      rule = !kind || kind === 'resident' ? 'resident' : 'passport';
    }
    const r = ZY.rules[rule](raw);
    const max = +control.dataset.max;
    if (!r.key && max && ZY.points(String(r.value)).length > max) {
      return { value: r.value, detail: ZY.t('check.long', { label: label, n: max }) };
    }
    return { value: r.value, detail: r.key ? ZY.t(r.key, r.params) : '' };
  };
  /* As it is typed: 1,400.00 */
  ZY.yuan = function (fen) { return ZY.fmt.money(fen).replace(/^\D+/, ''); };
  ZY.writeControl = function (form, control, value) {
    if (control.type === 'radio') {
      ZY.$$('[name="' + control.name + '"]', form).forEach(function (r) { r.checked = r.value === String(value); });
    } else if (control.type === 'checkbox') {
      control.checked = Boolean(value);
    } else if (control.dataset.check === 'money') {
      control.value = value > 0 ? ZY.yuan(value) : '';
    } else if (control.dataset.check === 'mobile') {
      control.value = ZY.fmt.phone(value);
    } else {
      control.value = value === null || value === undefined ? '' : value;
    }
  };

  /* Required marks and hints as the catalogue says; the page's own words where it is silent. */
  function byCatalog(form) {
    ((ZY.route && ZY.route.fields) || []).forEach(function (f) {
      const name = ZY.pointerName(f.pointer);
      const control = ZY.$('[name="' + name + '"]', form);
      if (!control || control.closest('[data-own]')) { return; }
      ZY.$$('[name="' + name + '"]', form).forEach(function (c) {
        if (f.required) { c.setAttribute('data-need', ''); } else { c.removeAttribute('data-need'); }
      });
    });
    /* A field that this kind of application does not have is not asked for. */
    const listed = ((ZY.route && ZY.route.fields) || []).map(function (f) { return ZY.pointerName(f.pointer); });
    ZY.$$('.fld', form).forEach(function (fld) {
      const c = ZY.$('[name]', fld);
      if (c && listed.length && !c.closest('[data-own]') && listed.indexOf(c.name) < 0) { fld.hidden = true; }
    });
  }
  /* Which fields may stay empty is said, once the page has had its word. */
  function marks(form) {
    ZY.$$('.fld', form).forEach(function (fld) {
      const c = ZY.$('[name]', fld);
      const label = ZY.$('legend', fld) || ZY.$('label', fld);
      const mark = ZY.$('.opt-mark', fld);
      if (!c || !label || c.type === 'checkbox') { return; }
      const must = c.hasAttribute('data-need');
      if (must && mark) { mark.parentNode.removeChild(mark); }
      if (!must && !mark) { label.appendChild(ZY.el('span', { class: 'opt-mark', text: ZY.t('optional') })); }
    });
  }

  /* Rare characters in a name are said, never refused. */
  function rareNote(control) {
    const fld = control.closest('.fld');
    let note = ZY.$('.note', fld);
    const list = ZY.rareIn(control.value);
    if (!list.length) { if (note) { note.parentNode.removeChild(note); } return; }
    if (!note) { note = fld.appendChild(ZY.el('p', { class: 'note', role: 'status' })); }
    const own = list.some(function (r) { return r.own; });
    note.textContent = ZY.t(own ? 'warn.private' : 'warn.rare', {
      list: list.map(function (r) { return ZY.t('rare', r); }).join(ZY.t('comma')) });
  }

  /* The session is over: phone and code are asked for above the form, and what is typed stays on the page.  then() once
   * signed in again. */
  function signInHere(form, then) {
    if (document.getElementById('signin')) { return; }
    const box = ZY.tpl('t-over');
    const code = ZY.$$('.fld', box)[1];
    const go = ZY.$$('button', box);
    form.parentNode.insertBefore(box, form);
    box.focus();
    const read = function (id, rule) {
      const r = ZY.rules[rule](document.getElementById(id).value);
      if (r.key) { ZY.errors.show([{ pointer: '#/' + id, detail: ZY.t(r.key) }]); } else { ZY.errors.clear(); }
      return r.key ? null : r.value;
    };
    let number = '';
    ZY.onSubmit(box, function () {
      const value = code.hidden ? read('over-phone', 'mobile') : read('over-code', 'otp');
      if (!value) { return null; }
      if (code.hidden) {
        number = value;
        return ZY.api('POST', '/api/session/otp', { body: { phone: number, purpose: 'session' }, quiet: true }).then(function () {
          ZY.text(box, '[role=status]', ZY.t('phone.sent', { phone: ZY.fmt.phone(number) }));
          ZY.show(code);
          ZY.show(go[0], false);
          ZY.show(go[1]);
          document.getElementById('over-code').focus();
        });
      }
      return ZY.api('POST', '/api/session', { body: { phone: number, code: value }, quiet: true }).then(function (a) {
        ZY.signedIn(a.data);
        box.parentNode.removeChild(box);
        ZY.$('[type=submit]', form).focus();
        then();
      }, function (p) {
        if (p.status === 401 || p.status === 422) { p.errors = [{ pointer: '#/over-code', detail: ZY.t('phone.wrong') }]; }
        throw p;
      });
    });
  }

  /* options: fill(case) after the plain controls are filled; collect(patch, faults) adds what is not a plain control;
   * changed() on every input; next: page to go to; before(case, more) with what also(number) promised (ZY.withCase). */
  ZY.sectionForm = function (options) {
    const o = options || {};
    const form = document.getElementById('section');
    const saved = document.getElementById('saved');
    const dirty = {};
    /* Only what stands on the printed form voids it; delivery, invoice and remittance do not. */
    const printed = /\/(unit|holder|agent|cert)\.html$/.test(location.pathname);
    const frozen = function () { return printed && ZY.kase.form && ZY.kase.form.version > 0 && ZY.kase.form.current; };
    let manual = false;

    function fillAll(kase, keepTyped) {
      const seen = {};
      ZY.$$('[name]', form).forEach(function (c) {
        if (seen[c.name] || c.closest('[data-own]')) { return; }
        seen[c.name] = true;
        if (keepTyped && dirty[c.name]) { return; }
        const value = ZY.get(kase, c.name);
        if (value !== undefined && value !== null && value !== 0) { ZY.writeControl(form, c, value); }
      });
      if (o.fill && !(keepTyped && dirty['*'])) { o.fill(kase); }
    }
    /* What differs from the case; faults are collected when wanted. */
    function collect(faults) {
      const patch = {};
      let any = false;
      groups(form).forEach(function (c) {
        if (c.closest('[data-own]')) { return; }
        const r = ZY.readControl(form, c);
        if (r.detail) {
          if (faults) { faults.push({ pointer: '#/' + c.name.replace(/\./g, '/'), detail: r.detail }); }
          if (!r.empty || faults) { return; }
        }
        const was = ZY.get(ZY.kase, c.name);
        if (r.value !== (was === undefined ? null : was)) { ZY.put(patch, c.name, r.value); any = true; }
      });
      if (o.collect) { any = o.collect(patch, faults) || any; }
      return any && Object.keys(patch).length ? patch : null;
    }
    function say(key, params) { if (saved) { saved.textContent = ZY.t(key, params); } }

    function stale() {
      return ZY.fetchCase().then(function (kase) {
        fillAll(kase, true);
        const old = document.getElementById('stale');
        if (old) { old.parentNode.removeChild(old); }
        const box = ZY.el('div', { id: 'stale', class: 'box box-warn', role: 'alert', tabindex: '-1' }, [
          ZY.el('h2', { text: ZY.t('stale.title') }), ZY.el('p', { text: ZY.t('stale.text') })]);
        form.parentNode.insertBefore(box, form);
        box.focus();
      });
    }
    const autosave = ZY.debounce(function () {
      if (manual || frozen() || ZY.kase.state === 'returned') { return; }
      const patch = collect(null);
      if (!patch) { return; }
      say('saved.saving');
      ZY.patch(patch, true).then(function () {
        say('saved.at', { time: ZY.fmt.clock() });
        const old = document.getElementById('stale');
        if (old) { old.parentNode.removeChild(old); }
        Object.keys(dirty).forEach(function (k) { delete dirty[k]; });
      }, function (p) {
        if (p.status === 412) { return stale(); }
        if (p.status === 401) { say('over.kept'); signInHere(form, autosave); return null; }
        say(p.status === 0 ? 'saved.offline' : 'saved.failed');
        return null;
      });
    }, 1500);
    ZY.autosave = autosave;
    ZY.markDirty = function (name) { dirty[name || '*'] = true; autosave(); };
    window.addEventListener('online', autosave);

    form.addEventListener('input', function (ev) {
      const c = ev.target;
      if (!c.name) { return; }
      dirty[c.closest('[data-own]') ? '*' : c.name] = true;
      if (/^(unit|person)$/.test(c.dataset.check || '')) { rareNote(c); }
      if (o.changed) { o.changed(c); }
      autosave();
    });
    form.addEventListener('change', function (ev) {
      if (!ev.target.name) { return; }
      dirty[ev.target.closest('[data-own]') ? '*' : ev.target.name] = true;
      if (o.changed) { o.changed(ev.target); }
      autosave();
    });
    ZY.onSubmit(form, function () {
      autosave.cancel();
      manual = true;
      const faults = [];
      const patch = collect(faults);
      if (faults.length) {
        manual = false;
        ZY.errors.show(faults);
        return null;
      }
      const go = function () { location.assign(o.next ? o.next() : ZY.onward()); };
      if (!patch) { go(); return null; }
      ZY.errors.clear();
      return ZY.patch(patch, true).then(go, function (p) {
        manual = false;
        if (p.status === 412) { return stale(); }
        if (p.status === 401) { say('over.kept'); signInHere(form, autosave); return null; }
        throw p;
      });
    });

    ZY.withCase(function (kase, cat, route, more) {
      byCatalog(form);
      if (o.before) { o.before(kase, more); }
      marks(form);
      fillAll(kase, false);
      ZY.$$('[data-check=unit],[data-check=person]', form).forEach(rareNote);
      if (!ZY.editable(kase)) { ZY.lock(form); return; }
      if (frozen()) {
        form.parentNode.insertBefore(ZY.el('div', { class: 'box box-warn' }, [
          ZY.el('p', { text: ZY.t('check.void', { n: kase.form.version }) })]), form);
      }
      if (saved && kase.updated_at) { say('saved.at', { time: ZY.fmt.time(kase.updated_at) }); }
      if (location.hash) {
        const at = document.getElementById(location.hash.slice(1));
        if (at && at.focus) { at.focus(); }
      }
    }, o.also);
  };
}(window.ZY));
