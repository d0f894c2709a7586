/* Files of a case: one block per material, sent by tus in pieces of 1 MiB, two at a time, taken up again after a cut.
 * ZY.uploads(kase) makes the manager; .block(material) a block for one material.
 * kase.way, of a phone that sends for a desktop (relay.js): other addresses, and what is done to a file before it is sent. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const MAX = 10485760;
  const PIECE = 1048576;
  const TYPES = { 'image/jpeg': 1, 'image/png': 1, 'application/pdf': 1 };
  const ENDINGS = { jpg: 'image/jpeg', jpeg: 'image/jpeg', png: 'image/png', pdf: 'application/pdf' };
  const AGAIN = [0, 409, 423, 429, 460, 500, 502, 503, 504];

  function typeOf(file) {
    if (TYPES[file.type]) { return file.type; }
    const end = /\.([a-z0-9]+)$/i.exec(file.name);
    return end && ENDINGS[end[1].toLowerCase()] || '';
  }
  function base64(buffer) {
    return btoa(String.fromCharCode.apply(null, new Uint8Array(buffer)));
  }

  /* tus's own transport, each piece with its SHA-256 where the browser can (https or localhost).  The question where an
   * upload was, when it is not answered for the moment, is asked again: the client by itself would begin anew. */
  function CheckedStack() { this.inner = new tus.DefaultHttpStack({}); }
  CheckedStack.prototype.getName = function () { return 'CheckedStack'; };
  CheckedStack.prototype.createRequest = function (method, url) {
    const request = this.inner.createRequest(method, url);
    if (method === 'HEAD') {
      const ask = request.send.bind(request);
      request.send = function (body) {
        return ask(body).then(function (response) {
          const status = response.getStatus();
          if (status !== 401 && AGAIN.indexOf(status) < 0) { return response; }
          const e = new Error('HEAD ' + status);
          e.status = status;
          throw e;
        });
      };
    }
    if (method !== 'PATCH' || !(window.crypto && crypto.subtle)) { return request; }
    const send = request.send.bind(request);
    request.send = function (body) {
      if (!(body instanceof Blob)) { return send(body); }
      return new Response(body).arrayBuffer().then(function (buffer) {
        return crypto.subtle.digest('SHA-256', buffer);
      }).then(function (hash) {
        request.setHeader('Upload-Checksum', 'sha256 ' + base64(hash));
        return send(body);
      });
    };
    return request;
  };

  function statusOf(error) {
    return error.originalResponse ? error.originalResponse.getStatus() : error.causingError && error.causingError.status || 0;
  }
  function problemOf(error) {
    const response = error && error.originalResponse;
    if (!response) { return { status: statusOf(error), code: 'network', detail: ZY.t('up.err.network') }; }
    let body = null;
    try { body = JSON.parse(response.getBody()); } catch (e) { body = null; }
    const p = ZY.problem(response.getStatus(), body);
    const first = p.errors[0];
    if (first && first.detail) { p.detail = first.detail; }
    if (!body) { p.detail = ZY.t('up.err.other'); }
    return p;
  }

  const SMALL = 8; /* pictures of one file */

  const SEALS = 9; /* copy of the pages for seals */
  function pageName(copies, f) {
    const seals = f.copy === SEALS;
    return (seals || copies > 1 ? ZY.t('up.copy' + f.copy) : '') + (seals && f.pages < 2 ? '' : ZY.t('up.page', { n: f.page }));
  }
  function thumbs(a, copies, pages) {
    return ZY.el('ul', { class: 'pages' }, a.pages.slice(0, SMALL).map(function (page) {
      const at = pages + a.id + '/pages/' + page.page;
      const f = page.form;
      const bad = f && f.state !== 'current';
      const text = !f ? pageName(1, page) : bad ? ZY.t('up.' + f.state) : pageName(copies, f);
      return ZY.el('li', {}, [ZY.el('a', { href: at, target: '_blank', rel: 'noopener' }, [
        ZY.el('img', { src: at + '/thumb', alt: '', width: 90, height: 118 }), ZY.el('span', { class: bad ? 'bad' : null, text: text })])]);
    }));
  }
  /* What the check saw, advice only: the same sentence for several pages is said once. */
  function sentences(a) {
    const said = [];
    ['warn', 'note'].forEach(function (level) {
      a.findings.forEach(function (f) {
        if (f.level !== level || f.code === 'form_page') { return; } /* that stands under its picture */
        const same = said.filter(function (x) { return x.text === f.text; })[0];
        if (same) { same.pages.push(f.page); } else { said.push({ level: level, text: f.text, pages: f.page ? [f.page] : [] }); }
      });
    });
    return said.map(function (f) {
      const some = f.pages.length && f.pages.length < a.page_count;
      return { level: f.level, text: (some ? ZY.t('up.page', { n: f.pages.join(ZY.t('comma')) }) + ZY.t('colon') : '') + f.text };
    });
  }
  function warns(list) { return list.filter(function (f) { return f.level === 'warn'; }).length; }
  function fill(list, said) {
    ZY.clear(list);
    said.forEach(function (f) { list.appendChild(ZY.el('li', { class: f.level === 'warn' ? 'warn' : null, text: f.text })); });
    ZY.show(list, said.length > 0);
  }
  /* Which pages of which copies are there. */
  function grid(files, copies, seals) {
    const have = {};
    const list = [];
    let pages = 0;
    files.forEach(function (a) {
      a.pages.forEach(function (p) {
        if (p.form && p.form.state === 'current') { pages = p.form.copy === SEALS ? pages : p.form.pages; have[p.form.copy + '/' + p.form.page] = true; }
      });
    });
    pages = pages || Object.keys(have).length && 1;
    for (let c = 1; c <= copies; c += 1) { list.push({ copy: c, pages: pages, name: ZY.t('up.copy' + (copies > 1 ? c : '')) }); }
    if (seals) { list.push({ copy: SEALS, pages: seals, name: ZY.t('up.copy9') }); }
    if (!pages || list.length * pages < 2) { return null; }
    const columns = Math.max(pages, seals);
    const rows = [ZY.el('tr', {}, [ZY.el('td')])];
    for (let p = 1; p <= columns; p += 1) { rows[0].appendChild(ZY.el('th', { scope: 'col', text: ZY.t('up.page', { n: p }) })); }
    list.forEach(function (one) {
      const row = ZY.el('tr', {}, [ZY.el('th', { scope: 'row', text: one.name })]);
      for (let p = 1; p <= columns; p += 1) {
        const there = have[one.copy + '/' + p];
        row.appendChild(p > one.pages ? ZY.el('td') : ZY.el('td', { class: there ? 'good' : 'bad', text: ZY.t(there ? 'up.has' : 'up.lacks') }));
      }
      rows.push(row);
    });
    const table = ZY.el('table', { class: 'got' }, [ZY.el('caption', { id: 'got-t', text: ZY.t('up.grid') }), ZY.el('tbody', {}, rows)]);
    return ZY.el('div', { class: 'scroll', role: 'group', tabindex: '0', 'aria-labelledby': 'got-t' }, [table]);
  }

  ZY.uploads = function (kase) {
    const way = kase.way || { uploads: '/api/uploads/', files: '/api/applications/' + kase.no + '/attachments', pages: '/api/attachments/' };
    const shown = {}; /* pictures of this page's own files, where the server shows none */
    const blocks = {};
    const queue = [];
    let running = 0;
    let polling = null;
    const me = { list: [], onChange: null, busy: function () { return running + queue.length > 0; } };

    window.addEventListener('beforeunload', function (ev) {
      if (me.busy()) { ev.preventDefault(); ev.returnValue = ZY.t('up.left'); }
    });

    function next() {
      while (running < 2 && queue.length) {
        running += 1;
        queue.shift()(function () { running -= 1; next(); });
      }
    }
    me.take = function (list) {
      me.list = list;
      Object.keys(blocks).forEach(function (code) { blocks[code].server(me.list.filter(function (a) { return a.material === code || !way.pages; })); });
      if (me.onChange) { me.onChange(); }
      const checking = me.list.some(function (a) { return a.state === 'checking'; });
      if (checking && !polling) {
        polling = ZY.poll(function () { return me.refresh().then(function () { return !polling; }); }, function () { polling = null; }, true);
      }
      if (!checking) { polling = null; }
      if (!checking && way.pages) { advise(); }
      return me.list;
    };
    me.refresh = function () { return ZY.api('GET', way.files).then(function (r) { return me.take(r.data); }); };
    /* What the files say together comes with the case. */
    let advised = '';
    function tellAll(all) {
      all.forEach(function (m) { if (blocks[m.code]) { blocks[m.code].advice(m.advice); } });
    }
    function advise() {
      const now = me.list.map(function (a) { return a.id; }).join();
      if (now === advised) { return; }
      if (!advised && kase.materials) { tellAll(kase.materials); }
      advised = now;
      ZY.fetchCase().then(function (fresh) { tellAll(fresh.materials); }, function () { advised = ''; });
    }

    /* options: fresh(attachment) tells which files count and may be deleted (default: all); closed: nothing may be added or
     * deleted; phone: camera first, nothing may be deleted;
     * relay: the page from which a phone can send */
    me.block = function (material, options) {
      const o = options || {};
      const node = ZY.tpl('t-mat');
      const id = material.code;
      const list = $('.files', node);
      const say = $('.say', node);
      const rows = {};
      const states = {};
      const got = node.insertBefore(ZY.el('div'), list);
      const advice = node.insertBefore(ZY.el('ul', { class: 'find advice', hidden: true }), list);
      const moved = node.insertBefore(ZY.el('ul', { class: 'find', hidden: true }), list);
      let told = [];
      node.setAttribute('aria-labelledby', id);
      node.removeAttribute('aria-label');
      const head = ZY.text(node, 'h2,h3', material.name);
      head.id = id;
      head.tabIndex = -1;
      list.setAttribute('aria-labelledby', id);
      const hint = [];
      if (material.note && !o.plain) { hint.push(material.note); }
      hint.push(ZY.t('up.formats'));
      ZY.text(node, '.hint', hint.join(ZY.t('stop')));
      $('.hint', node).id = id + '-h';

      function input(suffix, label, camera, kind) {
        const control = ZY.el('input', { class: 'vh-input', type: 'file', id: id + suffix, multiple: !camera, 'aria-describedby': id + '-h',
          accept: camera ? 'image/*' : 'image/jpeg,image/png,application/pdf', capture: camera ? 'environment' : null });
        control.addEventListener('change', function () {
          Array.prototype.slice.call(control.files).forEach(function (file) {
            if (way.prepare) { way.prepare(file, camera).then(add); } else { add(file); }
          });
          control.value = '';
        });
        $('.pick', node).appendChild(control);
        $('.pick', node).appendChild(ZY.el('label', { class: kind || 'btn btn-2', for: id + suffix }, [label, ZY.vh(ZY.t('up.for', { name: material.name }))]));
      }
      if (o.closed) {
        ZY.show($('.pick', node), false);
      } else if (o.phone) {
        input('-c', ZY.t('up.camera'), true, 'btn');
        input('-f', ZY.t('up.choose'), false);
      } else {
        input('-f', ZY.t('up.choose'), false);
        if (window.matchMedia && matchMedia('(pointer: coarse)').matches) { input('-c', ZY.t('up.camera'), true); }
        else if (ZY.relay) { ZY.relay(kase, material, node, me); }
        else if (o.relay) { $('.pick', node).appendChild(ZY.el('a', { class: 'btn btn-2', href: o.relay }, [ZY.t('relay.button'), ZY.vh(ZY.t('up.for', { name: material.name }))])); }
      }

      function mark() {
        const tag = $('.tag', node);
        const mine = me.list.filter(function (a) { return a.material === id && a.state !== 'refused' && (!o.fresh || o.fresh(a)); });
        const busy = mine.some(function (a) { return a.state === 'checking'; });
        const look = warns(told) || mine.some(function (a) { return warns(a.findings); });
        tag.className = 'tag ' + (!mine.length || busy ? '' : look ? 'tag-warn' : 'tag-ok');
        tag.textContent = ZY.t(look ? 'up.look' : mine.length ? 'up.done' : material.required === false ? 'up.optional' : 'up.need');
      }
      function tell(text) { ZY.clear(say).appendChild(ZY.vh(text)); }
      function row(name) {
        const li = ZY.tpl('t-file');
        ZY.text(li, '.name', name);
        list.appendChild(li);
        return li;
      }
      function how(li, text, bad) {
        const at = ZY.text(li, '.how', text);
        at.classList.toggle('how-err', Boolean(bad));
      }
      function delButton(li, key, name, fn) {
        const old = $('.del', li);
        const del = old.cloneNode(false);
        old.parentNode.replaceChild(del, old);
        del.textContent = ZY.t(key);
        del.appendChild(ZY.vh(name));
        let asked = key !== 'up.delete';
        ZY.onPress(del, function () {
          if (!asked) { asked = true; del.textContent = ZY.t('up.delete.ask'); return null; }
          return fn();
        });
      }

      function refuse(file, key) {
        const li = row(file.name);
        how(li, ZY.t(key, { name: file.name, size: ZY.fmt.bytes(file.size) }), true);
        li.dataset.refused = '1';
        delButton(li, 'up.dismiss', file.name, function () { list.removeChild(li); });
        tell(ZY.t(key, { name: file.name, size: ZY.fmt.bytes(file.size) }));
      }
      function add(file) {
        const type = typeOf(file);
        if (file.size === 0) { refuse(file, 'up.err.empty'); return; }
        if (!type) { refuse(file, 'up.err.type'); return; }
        if (file.size > MAX) { refuse(file, 'up.err.size'); return; }
        send(file, type);
      }
      function send(file, type) {
        const li = row(file.name);
        if (!way.pages && /^image/.test(type)) { shown[file.name + file.size] = URL.createObjectURL(file); }
        const bar = ZY.show($('progress', li));
        const nameId = 'n-' + ZY.key().slice(0, 8);
        $('.name', li).id = nameId;
        bar.setAttribute('aria-labelledby', nameId);
        how(li, ZY.t('up.queued'));
        let upload = null;
        let release = null;
        let gone = false;
        const free = function () { if (release) { const r = release; release = null; r(); } };

        function failed(p) {
          if (gone) { return; }
          if (p.status === 401) { queue.length = 0; free(); ZY.signIn(); return; } /* what has arrived waits for him */
          how(li, p.detail, true);
          tell(ZY.t('up.fail', { name: file.name }));
          const again = AGAIN.indexOf(p.status) >= 0 || p.status === 507; /* by hand, once there is room */
          const go = $('.go', li);
          ZY.show(go, again);
          if (p.status === 0) { window.addEventListener('online', function () { if (!go.hidden) { go.click(); } }, { once: true }); }
          go.textContent = ZY.t('up.resume');
          if (!again) { ZY.show(bar, false); }
          free();
        }
        function start() {
          ZY.show($('.go', li), false);
          how(li, ZY.t('up.uploading', { done: ZY.fmt.bytes(0), all: ZY.fmt.bytes(file.size) }));
          ZY.csrf().then(function (token) {
            upload = new tus.Upload(file, {
              endpoint: way.uploads, chunkSize: PIECE, retryDelays: [0, 1000, 3000, 8000, 20000],
              headers: { 'X-CSRF-Token': token }, removeFingerprintOnSuccess: true, httpStack: new CheckedStack(),
              metadata: Object.assign(kase.no ? { application: kase.no } : {}, { material: id, filename: file.name, filetype: type }),
              fingerprint: function () { return Promise.resolve(['tus', kase.no, id, file.name, file.size, file.lastModified].join('::')); },
              onShouldRetry: function (error) {
                const status = statusOf(error);
                if (status === 0) { how(li, ZY.t('up.paused')); }
                return AGAIN.indexOf(status) >= 0;
              },
              onProgress: function (sent, all) {
                bar.value = Math.floor(sent * 100 / all);
                bar.textContent = bar.value + '%';
                how(li, ZY.t('up.uploading', { done: ZY.fmt.bytes(sent), all: ZY.fmt.bytes(all) }));
              },
              onError: function (error) { failed(problemOf(error)); },
              onSuccess: function () {
                free();
                tell(ZY.t('up.end', { name: file.name }));
                me.refresh().then(function () { list.removeChild(li); }, function () { how(li, ZY.t('up.checking')); });
              }
            });
            return upload.findPreviousUploads().then(function (before) {
              if (gone) { return; }
              if (before.length) { upload.resumeFromPreviousUpload(before[0]); }
              upload.start();
            });
          }).catch(function (p) { failed(p && p.status !== undefined ? p : ZY.problem(0, null)); });
        }
        function enter() {
          queue.push(function (done) {
            if (gone) { done(); return; }
            release = done;
            tell(ZY.t('up.start', { name: file.name }));
            start();
          });
          next();
        }
        ZY.onPress($('.go', li), enter);
        delButton(li, 'up.cancel', file.name, function () {
          gone = true;
          list.removeChild(li);
          say.textContent = ZY.t('up.deleted', { name: file.name });
          free();
          return upload ? upload.abort(true).catch(function () { /* the server lets it go by itself */ }) : null;
        });
        enter();
      }

      /* Rows of what the server has. */
      function server(items) {
        const seen = {};
        items.forEach(function (a) {
          seen[a.id] = true;
          const old = o.fresh && !o.fresh(a);
          if (old && o.hideOld) { return; }
          let li = rows[a.id];
          if (!li) {
            li = rows[a.id] = row(a.filename);
            if (old || o.closed || o.phone) { const d = $('.del', li); d.parentNode.removeChild(d); }
            else {
              delButton(li, 'up.delete', a.filename, function () {
                return ZY.api('DELETE', '/api/attachments/' + a.id).then(function () {
                  say.textContent = ZY.t('up.deleted', { name: a.filename });
                  return me.refresh();
                });
              });
            }
          }
          if (states[a.id] === a.state) { return; }
          const said = old ? [] : sentences(a);
          const bad = a.state === 'accepted' ? warns(said) : 0;
          const text = old ? ZY.t('up.old') : ZY.t(bad ? 'up.found' : 'up.' + a.state, { n: a.page_count, bad: bad });
          how(li, text, !old && a.state === 'refused');
          fill($('.find', li), said);
          if (states[a.id]) { ZY.clear(say).appendChild(ZY.vh(a.filename + ZY.t('colon') + text)); }
          states[a.id] = a.state;
          const own = shown[a.filename + a.size_bytes];
          if (own && !$('.thumb', li)) {
            li.insertBefore(ZY.el('img', { class: 'thumb', width: 72, height: 96, alt: ZY.t('up.page1', { name: a.filename }), src: own }), li.firstChild);
          }
          if (way.pages && a.pages.length) { $('.what', li).insertBefore(thumbs(a, material.copies, way.pages), $('.find', li)); }
        });
        Object.keys(rows).forEach(function (k) {
          if (!seen[k]) { list.removeChild(rows[k]); delete rows[k]; delete states[k]; }
        });
        const table = id === 'm1' && way.pages && grid(items.filter(function (a) { return !o.fresh || o.fresh(a); }), material.copies, kase.form ? kase.form.seal_pages : 0);
        ZY.clear(got);
        if (table) { got.appendChild(table); }
        fill(moved, me.list.filter(function (a) { return a.filed_from === id; }).map(function (a) {
          return { level: 'note', text: ZY.t('up.moved', { name: a.filename }) };
        }));
        mark();
      }
      blocks[id] = {
        server: server,
        advice: function (said) { told = said; fill(advice, said); mark(); }
      };
      mark();
      return node;
    };
    return me;
  };

  ZY.filesOf = function (no) { return ZY.api('GET', '/api/applications/' + no + '/attachments').then(function (r) { return r.data; }); };

  /* The page itself. */
  ZY.ready(function () {
    if (!document.getElementById('noform')) { return; }
    ZY.withCase(function (kase, cat, route, there) {
      const files = ZY.uploads(kase);
      const form = kase.form || { version: 0 };
      const back = kase.state === 'returned' && kase.corrections; /* come from the correction page, for a phone */
      const closed = !ZY.editable(kase) || kase.state === 'returned';
      const asked = back ? back.items.map(function (i) { return i.material; }) : [];
      ZY.show($('#noform'), ZY.wantsForm(kase) && !closed && !(form.version > 0 && form.current));
      if (form.version > 0) { ZY.text($('#noform'), 'p', ZY.t('form.old', { n: form.version })); }
      ZY.scans(kase).forEach(function (m) {
        const fromRoute = (ZY.route && ZY.route.materials || []).filter(function (r) { return r.code === m.code; })[0];
        const block = $('#mats').appendChild(files.block(Object.assign({}, m, { note: fromRoute ? fromRoute.note : '' }),
          asked.indexOf(m.code) >= 0 ? { fresh: function (a) { return a.round >= back.round; } } : { closed: closed }));
        if (m.code === 'm6' && !closed) { $('.hint', block).appendChild(ZY.el('a', { href: ZY.link('pay.html'), text: ZY.t('up.pay') })); }
      });
      $('#on').href = ZY.link(back ? 'fix.html' : ZY.tellsMoney(ZY.route) ? 'pay.html' : 'tasks.html');
      files.take(there);
      if (location.hash) {
        const at = document.getElementById(location.hash.slice(1));
        if (at) { at.scrollIntoView(); at.focus(); }
      }
      $('#on').addEventListener('click', function (ev) {
        if (files.busy()) { ev.preventDefault(); ZY.errors.show([{ pointer: '', detail: ZY.t('up.busy') }]); }
      });
    }, ZY.filesOf);
  });
}(window.ZY));
