/* A renewal online, made and installed with the UKey: a key in the UKey, its request to the portal, the certificate written
 * into it, the portal told.  Every step can be taken up again, after a reload or from another tab: what the portal holds and
 * what the UKey shows say where it stands.  The PIN stays in this page and goes to the client alone.  What is done in the
 * client itself (unlocking; renewals where no authority is connected) ends with a button. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const SLOW_MS = 20000;
  const BOXES = ['#token-none', '#token-locked', '#token-other', '#token-form'];
  let key = null;
  let face = null; /* of the UKey, as last read */
  let made = [];   /* what the portal has of each line */
  let busy = false;
  let waiting = false;

  function url(rest) { return '/api/applications/' + ZY.no() + '/certificates' + (rest || ''); }
  function read() { return ZY.api('GET', url(), { quiet: true }).then(function (r) { made = r.data.items; return r.data; }); }
  function row(n) { return made.filter(function (r) { return r.item === n; })[0] || null; }
  /* ask make write written failed, or typed: by staff, past this page. */
  function standing(n) {
    const r = row(n);
    if (r && r.written_at) { return 'written'; }
    if (r && r.state === 'done') { return 'write'; }
    if (r && r.state !== 'failed') { return 'make'; }
    if (ZY.kase.state !== 'approved') { return 'typed'; }
    return r ? 'failed' : 'ask';
  }
  function lines() {
    return ZY.kase.items.map(function (item, i) { return { n: i + 1, old: item.old_serial || '', at: standing(i + 1) }; });
  }
  function open() { return lines().filter(function (l) { return l.at !== 'written' && l.at !== 'typed'; }); }

  function bare(serial) { return String(serial || '').toUpperCase().replace(/^0+/, ''); }
  function held(serial) {
    return face.certificates.filter(function (c) { return bare(serial) && [bare(c.serial), bare(c.encryption_serial)].indexOf(bare(serial)) >= 0; })[0] || null;
  }
  /* Before a key was made for it, a line belongs to the UKey with the old certificate; then to the one with the key. */
  function here(line) {
    return line.at === 'ask' || line.at === 'failed' ? Boolean(held(line.old)) : row(line.n).token_serial === face.serial;
  }
  function problem(key_, params) { return ZY.problem(409, { detail: ZY.t(key_, params) }); }

  /* ---- what is shown ---- */

  function say(text) {
    ZY.show($('#work'), Boolean(text));
    if ($('#work').textContent !== text) { $('#work').textContent = text; }
  }
  function status(l) {
    const r = row(l.n);
    const parts = [ZY.t('install.at.' + l.at, { token: r ? r.token_serial : '' }), ZY.t('install.of', { end: l.old.slice(-6) })];
    if (r && r.state === 'done') { parts.push(ZY.t('install.until', { date: ZY.fmt.date(r.not_after) })); }
    return parts.join(ZY.t('pause'));
  }
  function drawLines() {
    const dl = ZY.clear($('#renew-lines'));
    lines().forEach(function (l) {
      dl.appendChild(ZY.el('div', {}, [ZY.el('dt', { text: ZY.t('install.line', { n: l.n }) }), ZY.el('dd', { text: status(l) })]));
    });
  }
  function draw() {
    const over = ZY.kase.state === 'completed';
    drawLines();
    $('#lead').textContent = ZY.t(over ? 'install.over' : 'install.lead');
    ZY.text(ZY.show($('#renew-over'), over), 'p', over ? made.length === 1
      ? ZY.t('install.done', { date: ZY.fmt.date(made[0].not_after) }) : ZY.t('install.done.many', { n: made.length }) : '');
    ZY.show($('#token'), open().length > 0);
    if (!busy) { attend(); }
  }
  /* Lines that were sent to the authority before this page was opened. */
  function attend() {
    const making = open().some(function (l) { return l.at === 'make'; });
    const ready = open().some(function (l) { return l.at === 'write'; });
    const failed = open().filter(function (l) { return l.at === 'failed'; })[0];
    say(making ? ZY.t('install.resume') : failed ? ZY.t('install.failed', { why: row(failed.n).error }) : ready && $('#token-form').hidden ? ZY.t('install.ready') : '');
    if (!making || waiting) { return; }
    waiting = true;
    ZY.poll(function () {
      if (busy) { return Promise.resolve(false); }
      return read().then(function () {
        const still = open().some(function (l) { return l.at === 'make'; });
        waiting = still;
        draw();
        return !still;
      });
    }, function () { waiting = false; say(ZY.t('install.late')); }, true);
  }
  function boxes(which) {
    BOXES.forEach(function (id) { ZY.show($(id), id === which); });
  }
  function choice(list) {
    const box = ZY.clear($('#token-list'));
    list.forEach(function (l, i) {
      const c = held(l.old);
      const id = 'token-c' + i;
      box.appendChild(ZY.el('div', { class: 'opt' }, [
        ZY.el('input', { type: 'radio', name: 'token-c', id: id, value: String(l.n), checked: i === 0 }),
        ZY.el('label', { for: id }, [c ? c.organisation || c.name || '' : ZY.t('install.line', { n: l.n }),
          ZY.el('span', { class: 'hint', text: c ? ZY.t('install.cert.hint', { end: c.serial.slice(-6), date: ZY.fmt.date(c.not_after) }) : ZY.t('install.of', { end: l.old.slice(-6) }) })])]));
    });
  }
  function wanted() {
    return open().map(function (l) {
      return l.at === 'ask' || l.at === 'failed' ? ZY.t('install.which', { end: l.old.slice(-6) }) : ZY.t('install.which.written', { token: row(l.n).token_serial });
    }).join(ZY.t('semi'));
  }
  function found(seen) {
    face = seen;
    const list = open().filter(here);
    const inside = list.filter(function (l) { return l.at === 'write' && held(row(l.n).sign_serial); });
    if (inside.length) { return work(function () { return told(inside[0].n); }); }
    if (!list.length) {
      boxes('#token-other');
      ZY.text($('#token-other'), 'p', ZY.t('install.other', { serial: face.serial, which: wanted() }));
      return null;
    }
    if (face.state !== 'ready') { boxes('#token-locked'); return null; }
    boxes('#token-form');
    $('#token-found').textContent = ZY.t(list[0].at === 'write' ? 'install.found.waiting' : 'install.found', { serial: face.serial });
    choice(list);
    say('');
    $('#pin').focus();
    return null;
  }
  function find() {
    ZY.errors.clear();
    ZY.clear($('#token-list'));
    return read().then(function () { return key.show(); }).then(found, function (p) {
      if (p.code !== 'no_client') { throw p; }
      boxes('#token-none');
      ZY.say(ZY.t('install.none'));
    });
  }

  /* ---- the steps ---- */

  /* What the client says no to, placed where it can be mended.  full: a conflict means no room, else another UKey's key. */
  function client(promise, full) {
    return promise.catch(function (p) {
      if (p.code === 'no_client') { boxes('#token-none'); }
      if (p.status === 423) { return key.show().then(found).then(function () { throw ZY.problem(423, { detail: ZY.t('install.locked') }); }); }
      if (p.status === 409 && !full) { throw problem('install.foreign'); }
      p.errors = [{ pointer: p.status === 401 || p.status === 422 ? '#/pin' : '', detail: p.detail }];
      throw p;
    });
  }
  function order(n, pin) {
    say(ZY.t('install.step.key'));
    return client(key.request(pin), true).then(function (request) {
      say(ZY.t('install.step.order'));
      return ZY.api('POST', url(), { body: { item: n, request: request, token_serial: face.serial }, key: ZY.key() });
    }).then(function (r) { made = r.data.items; }, function (p) {
      if (p.status !== 409 || p instanceof Error) { throw p; }
      /* From another tab, perhaps: then it is gone on with. */
      return read().then(function () {
        if (!row(n) || row(n).state === 'failed' || row(n).token_serial !== face.serial) { throw p; }
      });
    });
  }
  function issued(n) {
    const began = Date.now();
    return new Promise(function (ok, fail) {
      function ask() {
        return read().then(function () {
          const at = standing(n);
          drawLines();
          if (at === 'failed') { fail(problem('install.failed', { why: row(n).error })); return true; }
          if (at !== 'make') { ok(); return true; }
          say(ZY.t(Date.now() - began > SLOW_MS ? 'install.slow' : 'install.step.make'));
          return false;
        });
      }
      ask().then(function (over) { if (!over) { ZY.poll(ask, function () { fail(problem('install.late')); }, true); } }, fail);
    });
  }
  function told(n) {
    say(ZY.t('install.step.tell'));
    return ZY.api('POST', url('/written'), { body: { item: n }, key: ZY.key() }).then(function (r) {
      ZY.keepCase(r);
      return read();
    }).then(function () {
      boxes('');
      ZY.errors.clear();
      ZY.say(ZY.t(open().length ? 'install.next' : 'install.over', { n: n }));
      return open().length ? n : 0;
    });
  }
  function install(n, pin) {
    const at = standing(n);
    return (at === 'ask' || at === 'failed' ? order(n, pin) : Promise.resolve()).then(function () { return issued(n); }).then(function () {
      if (standing(n) === 'written') { return null; }
      say(ZY.t('install.step.write'));
      return client(key.install(pin, row(n)));
    }).then(function () { return told(n); });
  }
  /* One at a time; whatever comes of it, the page shows how things stand. */
  function work(act) {
    busy = true;
    boxes('');
    ZY.show($('#token-find'), false);
    return act().then(function (next) {
      busy = false;
      ZY.show($('#token-find'));
      draw();
      if (ZY.kase.state === 'completed') { $('#renew-over').focus(); }
      if (next) { say(ZY.t('install.next', { n: next })); }
    }, function (p) {
      busy = false;
      ZY.show($('#token-find'));
      if ($('#token-list').firstChild && !BOXES.some(function (id) { return !$(id).hidden; })) { boxes('#token-form'); }
      draw();
      throw p;
    });
  }
  function go() {
    const pin = $('#pin').value;
    const chosen = $('#token-list input:checked');
    if (!pin) {
      ZY.errors.show([{ pointer: '#/pin', detail: ZY.t('install.pin') }]);
      return null;
    }
    $('#pin').value = '';
    ZY.errors.clear();
    return work(function () { return install(Number(chosen.value), pin); });
  }

  /* ---- what the applicant does in the client by himself, and says so here ---- */

  function summary(kase) {
    const dl = ZY.clear($('#what'));
    const rows = [[ZY.t('install.no'), kase.no], [ZY.t('install.kind'), ZY.route && ZY.route.title]].concat((kase.items || []).map(function (item, i) {
      return [ZY.t('install.line', { n: i + 1 }), [ZY.fmt.group4(item.old_serial), item.seal_name].filter(Boolean).join('·')];
    }));
    rows.forEach(function (r) {
      if (r[1]) { dl.appendChild(ZY.el('div', {}, [ZY.el('dt', { text: r[0] }), ZY.el('dd', { text: r[1] })])); }
    });
  }
  function byHand(kase) {
    const over = kase.state === 'completed';
    const now = kase.state === 'installing';
    const own = ZY.hasText('install.' + kase.effect + '.1') ? 'install.' + kase.effect + '.' : 'install.any.';
    const once = ZY.key();
    $('#lead').textContent = ZY.t(over ? 'install.over' : now ? 'install.now' : 'install.notyet');
    ZY.show($('#can'), now);
    if (!now) { return; }
    summary(kase);
    const ol = ZY.clear($('#steps'));
    for (let i = 1; ZY.hasText(own + i); i += 1) { ol.appendChild(ZY.el('li', { text: ZY.t(own + i) })); }
    if (ZY.hasText('install.' + kase.effect + '.done')) { $('#done').textContent = ZY.t('install.' + kase.effect + '.done'); }
    ZY.onPress($('#done'), function () {
      return ZY.api('POST', '/api/applications/' + kase.no + '/installed', { key: once, ifMatch: ZY.etag }).then(function () {
        location.replace(ZY.home + '/track/case.html?no=' + kase.no);
      });
    });
  }

  function byUkey() {
    document.title = ZY.t('install.title');
    $('h1').textContent = ZY.t('install.h1');
    $('#token-unlock').href = ZY.home + '/apply/start.html?service=' + ZY.serviceFor(ZY.cat, 'unlock');
    key = ZY.token($('#token').dataset.at);
    ZY.show($('#renew'));
    draw();
    ZY.onPress($('#token-find'), find);
    ZY.onSubmit($('#token-form'), go);
    ZY.follow(function () { return busy ? Promise.resolve() : ZY.fetchCase().then(read).then(draw); });
  }
  ZY.ready(function () {
    ZY.withCase(function (kase, cat, route, got) {
      $('#go-track').href = ZY.home + '/track/case.html?no=' + kase.no;
      if (kase.effect !== 'extend' || ['approved', 'installing', 'completed'].indexOf(kase.state) < 0) { byHand(kase); return; }
      if (got.failed) { throw got.failed; }
      if (got.by_client && lines().some(function (l) { return l.at !== 'typed'; })) { byUkey(); } else { byHand(kase); }
    }, function () { return read().catch(function (p) { return { failed: p }; }); });
  });
}(window.ZY));
