/* Ground floor of every page: the one file that calls fetch, and the small tools that all pages share.
 * Loaded after i18n/zh-CN.js; everything hangs on the global ZY.  ES2017, no innerHTML, no inline style. */
'use strict';
window.ZY = window.ZY || {};
(function (ZY) {
  const doc = document;
  const desk = doc.documentElement.dataset.desk;
  const staff = desk === 'staff';
  const SESSION = staff ? '/api/staff/session' : desk === 'relay' ? '/api/relay/session' : '/api/session';
  const NO_CSRF = /^\/api\/(session\/otp|session\/challenge|session\/certificate|session|staff\/session|relay\/session|track|invoices\/open|feedback|feedback\/find)$/;

  /* Before the address of a page: the English edition lies below /en. */
  ZY.home = ZY.lang === 'en' ? '/en' : '';

  /* The text of a key, with {name} replaced from params; the key itself when there is none, so a gap is seen. */
  ZY.t = function (key, params) {
    const text = ZY.texts && ZY.texts[key];
    if (text === undefined) { return key; }
    return (ZY.plural ? ZY.plural(text, params) : text).replace(/\{(\w+)\}/g, function (all, name) {
      return params && params[name] !== undefined && params[name] !== null ? String(params[name]) : '';
    }).replace(/([：。])[，。]/g, '$1'); /* what was put in is empty, or a sentence */
  };
  ZY.hasText = function (key) { return Boolean(ZY.texts && ZY.texts[key] !== undefined); };
  /* Other files (staff) add their texts with this. */
  ZY.addTexts = function (more) { ZY.texts = Object.assign(ZY.texts || {}, more); };

  ZY.$ = function (selector, root) { return (root || doc).querySelector(selector); };
  ZY.$$ = function (selector, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(selector)); };

  /* First element of <template id>, cloned. */
  ZY.tpl = function (id) {
    const t = doc.getElementById(id);
    return t.content.firstElementChild.cloneNode(true);
  };
  /* Put text (null = empty) into the element that selector finds under node, or into node; returns the element. */
  ZY.text = function (node, selector, value) {
    const at = selector ? node.querySelector(selector) : node;
    if (at) { at.textContent = value === null || value === undefined ? '' : String(value); if (ZY.mark) { ZY.mark(at); } }
    return at;
  };
  ZY.clear = function (node) { while (node.firstChild) { node.removeChild(node.firstChild); } return node; };
  ZY.show = function (node, on) { if (node) { node.hidden = on === false; } return node; };
  /* Element by tag, with attributes and children (strings become text). */
  ZY.el = function (tag, attrs, kids) {
    const node = doc.createElement(tag);
    Object.keys(attrs || {}).forEach(function (k) {
      const v = attrs[k];
      if (v === false || v === null || v === undefined) { return; }
      if (k === 'text') { node.textContent = v; if (ZY.mark) { ZY.mark(node); } } else { node.setAttribute(k, v === true ? '' : v); }
    });
    (kids || []).forEach(function (kid) {
      if (kid) { node.appendChild(typeof kid === 'string' ? doc.createTextNode(kid) : kid); }
    });
    return node;
  };
  ZY.vh = function (text) { return ZY.el('span', { class: 'vh', text: text }); };

  ZY.debounce = function (fn, ms) {
    let timer = 0;
    const later = function () {
      const self = this;
      const args = arguments;
      clearTimeout(timer);
      timer = setTimeout(function () { timer = 0; fn.apply(self, args); }, ms);
    };
    later.cancel = function () { clearTimeout(timer); timer = 0; };
    return later;
  };

  ZY.param = function (name) { return new URLSearchParams(location.search).get(name) || ''; };
  /* The case this page is about: ?no=, else the one last open in this tab. */
  ZY.no = function () {
    let no = ZY.param('no');
    if (/^[0-9A-Za-z]{6,40}$/.test(no)) {
      ZY.remember('no', no);
      return no;
    }
    no = ZY.recall('no');
    return no;
  };
  ZY.remember = function (key, value) { try { sessionStorage.setItem('zy.' + key, value); } catch (e) { /* private mode */ } };
  ZY.recall = function (key) { try { return sessionStorage.getItem('zy.' + key) || ''; } catch (e) { return ''; } };
  ZY.forget = function (key) { try { sessionStorage.removeItem('zy.' + key); } catch (e) { /* private mode */ } };

  /* ---- numbers and dates: money in fen, moments RFC 3339, always Beijing time ---- */

  function two(n) { return (n < 10 ? '0' : '') + n; }
  function beijing(value) {
    if (value === null || value === undefined || value === '') { return null; }
    const day = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
    const ms = day ? Date.UTC(+day[1], +day[2] - 1, +day[3]) : new Date(value).getTime() + 8 * 3600000;
    if (isNaN(ms)) { return null; }
    const d = new Date(ms);
    return { y: d.getUTCFullYear(), m: d.getUTCMonth() + 1, d: d.getUTCDate(), w: d.getUTCDay(),
      hh: d.getUTCHours(), mm: d.getUTCMinutes() };
  }
  ZY.fmt = {
    /* 140000 → ¥1,400.00 */
    money: function (fen) {
      if (typeof fen !== 'number' || !isFinite(fen)) { return ''; }
      const sign = fen < 0 ? '-' : '';
      const whole = String(Math.floor(Math.abs(fen) / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
      return sign + ZY.t('fmt.cny') + whole + '.' + two(Math.abs(fen) % 100);
    },
    fee: function (fen) { return fen === 0 ? ZY.t('free') : ZY.fmt.money(fen); },
    date: function (value) {
      const b = beijing(value);
      return b ? ZY.t('fmt.date', { y: b.y, m: b.m, d: b.d }) : '';
    },
    dateWeekday: function (value) {
      const b = beijing(value);
      return b ? ZY.t('fmt.date', { y: b.y, m: b.m, d: b.d }) + ZY.t('fmt.weekday', { w: ZY.t('fmt.w' + b.w) }) : '';
    },
    time: function (value) {
      const b = beijing(value);
      return b ? two(b.hh) + ':' + two(b.mm) : '';
    },
    dateTime: function (value) {
      const b = beijing(value);
      return b ? ZY.fmt.date(value) + ' ' + two(b.hh) + ':' + two(b.mm) : '';
    },
    /* For tables: 2026-11-22 14:05, or the day alone. */
    iso: function (value) {
      const b = beijing(value);
      if (!b) { return ''; }
      const day = b.y + '-' + two(b.m) + '-' + two(b.d);
      return /T/.test(value) ? day + ' ' + two(b.hh) + ':' + two(b.mm) : day;
    },
    phone: function (value) {
      const s = String(value || '').replace(/\s/g, '');
      return s.length === 11 ? s.slice(0, 3) + ' ' + s.slice(3, 7) + ' ' + s.slice(7) : s;
    },
    group4: function (value) { return String(value || '').replace(/\s/g, '').replace(/(.{4})(?=.)/g, '$1 '); },
    bytes: function (n) {
      if (n < 1024) { return n + 'B'; }
      if (n < 1048576) { return Math.round(n / 1024) + 'KB'; }
      return (n / 1048576).toFixed(1) + 'MB';
    },
    clock: function () { return ZY.fmt.time(new Date().toISOString()); }
  };
  /* <time datetime> whose text is already formatted. */
  ZY.time = function (value, text) { return ZY.el('time', { datetime: value, text: text || ZY.fmt.dateWeekday(value) }); };
  ZY.nowBeijing = function () { return new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 19) + '+08:00'; };
  ZY.today = function () {
    const b = beijing(new Date().toISOString());
    return b.y + '-' + two(b.m) + '-' + two(b.d);
  };

  let csrf = '';
  let session = null;

  function wait(ms) { return new Promise(function (done) { setTimeout(done, ms); }); }

  function randomKey() {
    const bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, function (b) { return ('0' + b.toString(16)).slice(-2); }).join('');
  }
  ZY.key = randomKey;

  /* What a failed call rejects with. */
  function problem(status, body, requestId) {
    const b = body && typeof body === 'object' ? body : {};
    if (ZY.unsaid && ZY.unsaid(b)) { b.detail = b.title = ''; }
    const code = b.code || (status === 0 ? 'network' : 'http');
    return { status: status, code: code, errors: Array.isArray(b.errors) ? b.errors : [], retryAfter: 0,
      detail: b.detail || b.title || (ZY.hasText('problem.' + code) ? ZY.t('problem.' + code) : ZY.t('problem.other')),
      request: requestId || '' };
  }
  ZY.problem = problem;

  function readBody(response) {
    const type = response.headers.get('Content-Type') || '';
    if (response.status === 204 || response.status === 205) { return Promise.resolve(null); }
    if (/json/.test(type)) { return response.json().catch(function () { return null; }); }
    if (/xml|pdf/.test(type)) { return response.blob(); }
    return response.text().then(function () { return null; });
  }

  function once(method, path, headers, body, credentials) {
    return fetch(path, { method: method, headers: headers, body: body, credentials: credentials || 'same-origin', redirect: 'error',
      cache: 'no-store' }).then(function (response) {
      return readBody(response).then(function (data) {
        if (response.ok) {
          return { status: response.status, data: data, etag: response.headers.get('ETag') || '' };
        }
        const p = problem(response.status, data, response.headers.get('X-Request-Id'));
        p.retryAfter = parseInt(response.headers.get('Retry-After'), 10) || 0;
        throw p;
      });
    }, function () { throw problem(0, null); });
  }

  /* Session of this visitor: {signed_in, phone, csrf, expires} or {signed_in:false}.  Kept for the life of the page. */
  ZY.session = function (again) {
    if (!session || again) {
      session = once('GET', SESSION, { Accept: 'application/json', 'Accept-Language': ZY.lang }).then(function (r) {
        csrf = r.data && r.data.csrf || '';
        return r.data || { signed_in: false };
      });
      session.catch(function () { session = null; });
    }
    return session;
  };
  /* After a sign-in the answer carries the new token. */
  ZY.signedIn = function (data) { csrf = data.csrf || ''; session = Promise.resolve(data); };
  ZY.csrf = function () { return csrf ? Promise.resolve(csrf) : ZY.session().then(function () { return csrf; }); };

  /* Where a visitor without a session goes; comes back to this page and its query. */
  ZY.signIn = function () {
    const here = location.pathname + location.search;
    location.assign((staff ? '/staff/login.html' : ZY.home + '/apply/phone.html') + '?back=' + encodeURIComponent(here));
  };
  /* A way back we accept: a path of this site, nothing else. */
  ZY.safeBack = function (value, otherwise) {
    return /^\/(?!\/)[A-Za-z0-9/_.?=&-]*$/.test(value || '') ? value : otherwise;
  };

  /* method, path under /api (with or without the prefix), options:
   *   body     object → JSON; a Blob or string goes as it is
   *   ifMatch  ETag or version number
   *   key      true or a string: Idempotency-Key; a lost connection is then tried again with the same key
   *   quiet    leave 401 to the caller
   * Resolves to {status, data, etag}; rejects with {status, code, detail, errors[], retryAfter, request}. */
  ZY.api = function (method, path, options) {
    const o = options || {};
    const url = path.indexOf('/api/') === 0 ? path : '/api' + path;
    const headers = { Accept: 'application/json, application/problem+json', 'Accept-Language': ZY.lang };
    const reads = method === 'GET' || method === 'HEAD';
    let body;
    let tries = reads || o.key ? 2 : 0;
    let renewed = false;

    if (o.body !== undefined) {
      if (typeof o.body === 'string' || o.body instanceof Blob) {
        body = o.body;
        if (o.type) { headers['Content-Type'] = o.type; }
      } else {
        body = JSON.stringify(o.body);
        headers['Content-Type'] = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      }
    }
    if (o.ifMatch !== undefined && o.ifMatch !== null && o.ifMatch !== '') {
      const tag = String(o.ifMatch).replace(/^W\//, '');
      headers['If-Match'] = /^["*]/.test(tag) ? tag : '"' + tag + '"';
    }
    if (o.key) { headers['Idempotency-Key'] = o.key === true ? randomKey() : o.key; }

    function send() {
      const ready = reads || (NO_CSRF.test(url.split('?')[0]) && method === 'POST') ? Promise.resolve('') : ZY.csrf();
      return ready.then(function (token) {
        if (token) { headers['X-CSRF-Token'] = token; }
        return once(method, url, headers, body);
      }).catch(function (p) {
        if (p.code === 'csrf' && !renewed) {
          renewed = true;
          return ZY.session(true).then(send);
        }
        if ((p.status === 0 || p.code === 'still_running' || p.code === 'busy') && tries > 0) {
          tries -= 1;
          return wait(tries ? 800 : 2400).then(send);
        }
        if (p.status === 401 && p.code !== 'credentials' && !o.quiet) {
          ZY.signIn();
          return new Promise(function () { /* the page is leaving */ });
        }
        throw p;
      });
    }
    return send();
  };

  /* What is plugged into this very machine, through its client: no cookies, no session. */
  ZY.local = function (url, body) {
    return once('POST', url, { 'Content-Type': 'application/json' }, JSON.stringify(body), 'omit').then(function (r) { return r.data; }, function (p) {
      throw p.status ? p : problem(0, { code: 'no_client', detail: ZY.t('token.none') });
    });
  };

  let catalog = null;
  /* The catalogue, once per page. */
  ZY.catalog = function () {
    if (!catalog) {
      catalog = ZY.api('GET', '/api/catalog').then(function (r) { return r.data; });
      catalog.catch(function () { catalog = null; });
    }
    return catalog;
  };

  /* Name of a code in a catalogue list, else our own word for it. */
  ZY.nameIn = function (list, code, prefix) {
    const hit = (list || []).filter(function (x) { return x.code === code; })[0];
    return hit ? hit.name : ZY.t(prefix + code);
  };

  /* The service's row; the first one with an effect: signed is whether it asks for the signature of another certificate. */
  ZY.serviceIn = function (cat, code) {
    return (cat && cat.services || []).filter(function (s) { return s.code === code; })[0] || null;
  };
  ZY.serviceFor = function (cat, effect, signed) {
    const hit = (cat && cat.services || []).filter(function (s) {
      return s.effect === effect && (effect !== 'issue' || s.routes.some(function (r) { return r.gates.indexOf('signature') >= 0; }) === Boolean(signed));
    })[0];
    return hit ? hit.code : '';
  };
  /* The guide page of a service; the overview for one that has no page of its own. */
  ZY.guideOf = function (cat, code) {
    const service = ZY.serviceIn(cat, code);
    return ZY.home + '/guide/' + (service && service.guide ? service.guide : 'index') + '.html';
  };

  function stateBox() {
    let box = doc.getElementById('state');
    if (!box) {
      box = ZY.el('div', { id: 'state', class: 'state' });
      const main = doc.getElementById('main');
      main.insertBefore(box, main.firstChild);
    }
    return box;
  }
  /* A notice in the place of the page's content: what happened, what to do, the request's number, a retry button. */
  ZY.failure = function (p, retry) {
    const key = p.status === 404 || p.status === 403 ? 'missing' : p.status === 0 ? 'network' : p.status === 503 ? 'busy'
      : p.status === 429 ? 'rate' : 'other';
    const named = ZY.$$('h1').some(function (h) { return h.getClientRects().length > 0; });
    const box = ZY.el('div', { class: 'box box-err', role: 'alert' }, [
      ZY.el(named ? 'h2' : 'h1', { text: ZY.t('fail.' + key + '.title') }),
      ZY.el('p', { text: key === 'other' && p.detail ? p.detail : ZY.t('fail.' + key + '.text') })
    ]);
    if (p.request) { box.appendChild(ZY.el('p', { class: 'small muted', text: ZY.t('fail.request', { id: p.request }) })); }
    const row = ZY.el('p');
    if (retry && key !== 'missing') {
      const again = ZY.el('button', { type: 'button', class: 'btn btn-2', text: ZY.t('retry') });
      again.addEventListener('click', retry);
      row.appendChild(again);
    }
    if (key === 'missing' && !staff) {
      row.appendChild(ZY.el('a', { class: 'btn btn-2', href: ZY.home + '/apply/tasks.html', text: ZY.t('fail.mine') }));
    }
    if (row.firstChild) { box.appendChild(row); }
    return box;
  };
  /* Run load() (a promise), then render(result).  Content stands in #view, hidden until then; after 300 ms without an
   * answer a status line appears; a failure is shown with a retry button. */
  ZY.load = function (load, render) {
    const view = doc.getElementById('view');
    const box = stateBox();
    ZY.clear(box);
    const timer = setTimeout(function () {
      box.appendChild(ZY.el('p', { role: 'status', class: 'muted', text: ZY.t('loading') }));
    }, 300);
    return load().then(function (result) {
      clearTimeout(timer);
      ZY.clear(box);
      ZY.show(view);
      render(result);
      doc.body.dataset.ready = '1';
    }).catch(function (p) {
      clearTimeout(timer);
      ZY.clear(box);
      if (p instanceof Error) {
        box.appendChild(ZY.failure(problem(500, { detail: ZY.t('problem.page') }), function () { location.reload(); }));
        throw p;
      }
      box.appendChild(ZY.failure(p, function () { ZY.load(load, render); }));
      doc.body.dataset.ready = '1';
    });
  };
  /* The page's shared status line (role=status in the footer include). */
  ZY.say = function (text) {
    const line = doc.getElementById('say');
    if (!line) { return; }
    line.textContent = '';
    setTimeout(function () { line.textContent = text; }, 50);
  };
  /* Poll fn() at 3 s, then 5, then 10, while the page is seen, 10 minutes at most; fn resolves true when done. */
  /* soon: every second at first. */
  ZY.poll = function (fn, over, soon) {
    const began = Date.now();
    let n = 0;
    let stopped = false;
    function next() {
      if (stopped) { return; }
      if (Date.now() - began > 600000) { if (over) { over(); } return; }
      n += 1;
      setTimeout(function () {
        if (stopped) { return; }
        if (doc.hidden) { next(); return; }
        fn().then(function (done) { if (!done) { next(); } }, next);
      }, soon && n < 10 ? 1000 : n < 6 ? 3000 : n < 12 ? 5000 : 10000);
    }
    next();
    return function () { stopped = true; };
  };

  /* Ask again and again while somebody looks: ask() after 20 s, then half as long again each time, up to 2 minutes, and twice
   * as long after a failure; 20 s again once it resolves true (something changed).  'over' ends it.  A hidden page asks
   * nothing, nor one that nobody has touched for 10 minutes: asking keeps the session alive. */
  ZY.watch = function (ask) {
    const LEAST = 20000;
    const MOST = 120000;
    const IDLE = 600000;
    let gap = LEAST;
    let due = Date.now() + LEAST;
    let touched = Date.now();
    let timer = 0;
    let busy = false;
    let over = false;
    function plan() {
      clearTimeout(timer);
      if (!over && !busy && !doc.hidden) { timer = setTimeout(go, Math.max(0, due - Date.now())); }
    }
    function go() {
      if (Date.now() - touched > IDLE) { return; }
      busy = true;
      ask().then(function (said) {
        over = said === 'over';
        gap = said ? LEAST : Math.min(MOST, gap * 1.5);
      }, function () { gap = Math.min(MOST, gap * 2); }).then(function () {
        busy = false;
        due = Date.now() + gap;
        plan();
      });
    }
    function touch() {
      const asleep = Date.now() - touched > IDLE;
      touched = Date.now();
      if (asleep) { plan(); }
    }
    doc.addEventListener('visibilitychange', function () {
      if (!doc.hidden) { touched = Date.now(); gap = LEAST; due = Math.min(due, Date.now() + gap); }
      plan();
    });
    ['keydown', 'mousemove', 'touchstart', 'scroll'].forEach(function (name) { doc.addEventListener(name, touch, { passive: true }); });
    plan();
  };

  /* ---- faults: summary and fields (the same for our own checks and the server's) ---- */

  /* '#/unit/uscc' → 'unit-uscc'; names of controls are the pointer with dots: 'unit.uscc'. */
  ZY.pointerId = function (pointer) { return String(pointer || '').replace(/^#?\//, '').replace(/[/.]/g, '-'); };
  ZY.pointerName = function (pointer) { return String(pointer || '').replace(/^#?\//, '').replace(/\//g, '.'); };

  ZY.errors = {
    clear: function (root) {
      const scope = root || doc;
      ZY.$$('.esum').forEach(function (n) { n.parentNode.removeChild(n); });
      ZY.$$('.fld-err', scope).forEach(function (fld) { ZY.errors.field(fld, null); });
      doc.title = doc.title.replace(new RegExp('^' + ZY.t('error.prefix')), '');
    },
    /* Set or take away (text null) the message of one .fld block. */
    field: function (fld, text) {
      const old = ZY.$('.err', fld);
      if (old) { old.parentNode.removeChild(old); }
      const fieldset = ZY.$('fieldset', fld) || (fld.tagName === 'FIELDSET' ? fld : null);
      const controls = ZY.$$('input,select,textarea', fld);
      const group = fieldset ? [fieldset] : controls;
      fld.classList.toggle('fld-err', text !== null);
      const first = ZY.$('input,select,textarea', fld);
      const id = (fld.dataset.err || (first && first.id) || fld.id || 'f') + '-e';
      group.forEach(function (c) {
        const refs = (c.getAttribute('aria-describedby') || '').split(/\s+/).filter(function (r) { return r && r !== id; });
        if (text !== null) { refs.push(id); }
        if (refs.length) { c.setAttribute('aria-describedby', refs.join(' ')); } else { c.removeAttribute('aria-describedby'); }
        if (c.tagName !== 'FIELDSET') {
          if (text !== null) { c.setAttribute('aria-invalid', 'true'); } else { c.removeAttribute('aria-invalid'); }
        }
      });
      if (text === null) { return; }
      const p = ZY.el('p', { class: 'err', id: id }, [ZY.vh(ZY.t('error.prefix')), text]);
      const before = fieldset ? (ZY.$('p.hint', fieldset) || ZY.$('legend', fieldset)).nextSibling
        : controls[0] && controls[0].closest('.opt,.inline') || controls[0] || fld.firstChild;
      before.parentNode.insertBefore(p, before);
    },
    /* list: [{pointer, detail}].  Writes the summary before everything in <main>, marks the fields, moves focus.
     * A pointer without a field links to #main, or to item.href when the caller knows a page. */
    show: function (list) {
      ZY.errors.clear();
      const main = doc.getElementById('main');
      const ul = ZY.el('ul');
      const placed = list.map(function (item, i) {
        const id = ZY.pointerId(item.pointer);
        const control = id && (doc.getElementById(id) || ZY.$('[name="' + ZY.pointerName(item.pointer).replace(/"/g, '') + '"]'));
        return { item: item, control: control, order: i };
      });
      placed.sort(function (a, b) {
        if (a.control && b.control && a.control !== b.control) {
          return a.control.compareDocumentPosition(b.control) & 4 ? -1 : 1;
        }
        return Boolean(b.control) - Boolean(a.control) || a.order - b.order;
      });
      const marked = [];
      placed.forEach(function (row) {
        const href = row.control ? '#' + row.control.id : row.item.href || '#main';
        const a = ZY.el('a', { href: href, text: row.item.detail });
        if (row.control) {
          a.addEventListener('click', function (ev) {
            ev.preventDefault();
            row.control.focus();
            row.control.scrollIntoView({ block: 'center' });
          });
          const fld = row.control.closest('.fld');
          if (fld && marked.indexOf(fld) < 0) { ZY.errors.field(fld, row.item.detail); marked.push(fld); }
        }
        ul.appendChild(ZY.el('li', {}, [a]));
      });
      const box = ZY.el('div', { class: 'esum', id: 'esum', tabindex: '-1' }, [
        ZY.el('div', { role: 'alert', 'aria-labelledby': 'esum-t' }, [
          ZY.el('h2', { id: 'esum-t', text: ZY.t('error.count', { n: list.length }) }), ul])]);
      const at = ZY.$('[data-esum]', main) || main;
      at.insertBefore(box, at.firstChild);
      doc.title = ZY.t('error.prefix') + doc.title.replace(new RegExp('^' + ZY.t('error.prefix')), '');
      box.focus();
      box.scrollIntoView({ block: 'start' });
    },
    /* A rejected call: field faults as above, everything else as one line. */
    problem: function (p) {
      const list = p.errors && p.errors.length ? p.errors.map(function (e) {
        return { pointer: e.pointer, detail: e.detail || (ZY.hasText('fault.' + e.code) ? ZY.t('fault.' + e.code) : p.detail), href: e.href };
      }) : [{ pointer: '', detail: p.status === 0 ? ZY.t('problem.network') : p.detail + (p.status >= 500 && p.request ? ZY.t('fail.request', { id: p.request }) : '') }];
      ZY.errors.show(list);
    }
  };

  /* A button that runs fn() (a promise) once at a time; it is not greyed out, a second press within it is ignored. */
  ZY.onPress = function (button, fn) {
    let busy = false;
    let last = 0;
    button.addEventListener('click', function (ev) {
      ev.preventDefault();
      if (busy || Date.now() - last < 600) { return; }
      busy = true;
      last = Date.now();
      const done = function () { busy = false; };
      Promise.resolve(fn(ev)).then(done, function (p) {
        done();
        if (p instanceof Error) { throw p; }
        ZY.errors.problem(p);
      });
    });
  };
  ZY.onSubmit = function (form, fn) {
    let busy = false;
    form.addEventListener('submit', function (ev) {
      ev.preventDefault();
      if (busy) { return; }
      busy = true;
      const done = function () { busy = false; };
      Promise.resolve().then(function () { return fn(ev); }).then(done, function (p) {
        done();
        if (p instanceof Error) { throw p; }
        ZY.errors.problem(p);
      });
    });
  };

  /* ---- copy buttons: <button data-copy="id">, copies data-value or the text without blanks when data-bare ---- */

  function copyOld(text) {
    const area = ZY.el('textarea', { class: 'vh', readonly: true });
    area.value = text;
    doc.body.appendChild(area);
    area.select();
    let ok = false;
    try { ok = doc.execCommand('copy'); } catch (e) { ok = false; }
    doc.body.removeChild(area);
    return ok;
  }
  ZY.copy = function (text) {
    if (navigator.clipboard && navigator.clipboard.writeText) {
      return navigator.clipboard.writeText(text).then(function () { return true; }, function () { return copyOld(text); });
    }
    return Promise.resolve(copyOld(text));
  };
  doc.addEventListener('click', function (ev) {
    const button = ev.target.closest && ev.target.closest('[data-copy]');
    if (!button) { return; }
    const source = doc.getElementById(button.dataset.copy);
    if (!source) { return; }
    const raw = source.dataset.value || source.textContent;
    const text = button.hasAttribute('data-bare') ? raw.replace(/\s/g, '') : raw.trim();
    ZY.copy(text).then(function (ok) { ZY.say(ok ? ZY.t('copied', { text: text }) : ZY.t('copy.failed')); });
  });
  doc.addEventListener('click', function (ev) {
    const button = ev.target.closest && ev.target.closest('[data-print]');
    if (button) { window.print(); }
  });

  ZY.ready = function (fn) {
    if (doc.readyState === 'loading') { doc.addEventListener('DOMContentLoaded', fn); } else { fn(); }
  };

  ZY.ready(function () {
    const stamp = doc.getElementById('print-time');
    if (ZY.$('#other-edition')) { ZY.$('#other-edition').href += location.search; }
    if (stamp) { stamp.textContent = ZY.fmt.dateTime(new Date().toISOString()); }
    ZY.$$('[data-js],button[data-copy][hidden]').forEach(function (n) { n.hidden = false; n.removeAttribute('data-js'); });
  });
}(window.ZY));
