/* A new PIN for the token of an unlock that was approved: the token makes a challenge, the portal signs a permission for it,
 * the client sets the PIN.  The PIN goes to the client alone. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const PIN_MIN = 6;

  /* As the token has it (lib/io/token.c). */
  function simple(pin) {
    const steps = pin.split('').slice(1).map(function (c, i) { return c.charCodeAt(0) - pin.charCodeAt(i); });
    return [-1, 0, 1].some(function (d) { return steps.every(function (s) { return s === d; }); });
  }
  function pinFaults(pin, again) {
    const why = !pin ? 'unlock.pin' : /[^!-~]/.test(pin) ? 'unlock.pin.chars' : pin.length < PIN_MIN ? 'unlock.pin.short' : simple(pin) ? 'unlock.pin.simple' : '';
    if (why) { return [{ pointer: '#/pin', detail: ZY.t(why) }]; }
    return again === pin ? [] : [{ pointer: '#/again', detail: ZY.t('unlock.pin.again') }];
  }
  /* Whatever was wrong with the token is said above the form; only the PIN has a field. */
  function above(p) {
    if (!(p instanceof Error)) { p.errors = []; }
    throw p;
  }
  function permission(asked) {
    return ZY.api('POST', '/api/applications/' + ZY.kase.no + '/permission', { body: asked, quiet: true }).then(function (r) { return r.data; }, above);
  }

  function wipe() {
    $('#pin').value = '';
    $('#again').value = '';
  }
  function found(face) {
    ZY.show($('#token-none'), false);
    ZY.show($('#one'), false);
    ZY.show($('#unlock-form'));
    $('#token-found').textContent = ZY.t(face.state === 'locked' ? 'unlock.locked' : 'unlock.ready', { serial: face.serial, n: face.tries_left });
    $('#pin').focus();
  }
  function none() {
    ZY.show($('#unlock-form'), false);
    ZY.show($('#token-none'));
    $('#other').open = true;
    ZY.say(ZY.t('token.none'));
  }
  function unlock(key) {
    const pin = $('#pin').value;
    const faults = pinFaults(pin, $('#again').value);
    if (faults.length) {
      ZY.errors.show(faults);
      return null;
    }
    return key.challenge().then(permission).then(function (p) {
      return key.unlock(p, pin).catch(function (q) {
        q.errors = [{ pointer: q.status === 422 ? '#/pin' : '', detail: q.detail }];
        throw q;
      });
    }).then(function (face) {
      wipe();
      ZY.errors.clear();
      return face;
    }, function (p) {
      if (p.code === 'no_client') { none(); }
      if (p.status !== 422 || !p.errors.length) { wipe(); }
      throw p;
    });
  }

  function over(answer) {
    ZY.keepCase(answer);
    ['#can', '#lead'].forEach(function (id) { ZY.show($(id), false); });
    ZY.show($('#over')).focus();
  }
  /* Several certificates may lie in several tokens: then who holds them says when the last is done. */
  function next(face) {
    ZY.show($('#unlock-form'), false);
    ZY.text(ZY.show($('#one')), 'p', ZY.t('unlock.one', { serial: face.serial }));
    $('#one').focus();
  }

  function byFile() {
    let asked = null;
    try { asked = JSON.parse($('#asked').value); } catch (e) { asked = null; }
    if (!asked || typeof asked !== 'object') {
      ZY.errors.show([{ pointer: '#/asked', detail: ZY.t('unlock.asked') }]);
      return null;
    }
    return permission({ token_serial: asked.serial, challenge: asked.nonce, key: asked.key }).then(function (p) {
      const a = ZY.el('a', { href: URL.createObjectURL(new Blob([JSON.stringify(p)], { type: 'application/json' })), download: ZY.t('unlock.file', { no: ZY.kase.no }) });
      document.body.appendChild(a);
      a.click();
      document.body.removeChild(a);
      ZY.errors.clear();
      $('#asked').value = '';
      $('#until').textContent = ZY.t('unlock.until', { time: ZY.fmt.time(p.until) });
    });
  }

  function draw(kase) {
    const now = kase.state === 'installing';
    $('#lead').textContent = ZY.t(kase.state === 'completed' ? 'install.over' : now ? 'unlock.now' : 'install.notyet');
    ZY.show($('#can'), now);
    const ol = ZY.clear($('#steps'));
    for (let i = 1; ZY.hasText('install.unlock.' + i); i += 1) { ol.appendChild(ZY.el('li', { text: ZY.t('install.unlock.' + i) })); }
  }

  ZY.ready(function () {
    const key = ZY.token($('#unlock').dataset.at);
    ZY.withCase(function (kase) {
      const once = ZY.key();
      const finish = function () {
        return ZY.api('POST', '/api/applications/' + kase.no + '/installed', { key: once }).then(over);
      };
      if (kase.effect !== 'unlock') { location.replace(ZY.link('install.html')); return; }
      $('#go-track').href = ZY.home + '/track/case.html?no=' + kase.no;
      draw(kase);
      ZY.onPress($('#token-find'), function () {
        ZY.errors.clear();
        return key.show().then(found, function (p) {
          if (p.code !== 'no_client') { throw p; }
          none();
        });
      });
      ZY.onSubmit($('#unlock-form'), function () {
        const work = unlock(key);
        return work && work.then(kase.items.length > 1 ? next : finish);
      });
      ZY.onSubmit($('#by-file'), byFile);
      ZY.onPress($('#done'), finish);
    });
  });
}(window.ZY));
