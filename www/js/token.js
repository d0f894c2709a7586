/* The UKey, as far as a page may reach it: through its client on this very machine, or by a file when there is none.
 *   ZY.tokenPanel({ offer: () => promise of {nonce, text, expires}, take: (nonce, signature) => promise, name: 'file.txt' })
 * fills what _inc/token.html holds.  The PIN goes to the client alone; the portal gets the signature. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const FILE_MAX = 65536;

  /* The client's service.  Rejects with code no_client when nothing answers, or the visitor said no. */
  function client(at) {
    return {
      show: function () { return ZY.local(at + '/show', {}); },
      sign: function (text, pin, certificate) {
        return ZY.local(at + '/sign', { text: text, pin: pin, certificate: certificate }).then(function (r) { return r.signature; });
      },
      /* A new key's request as the API takes it: one line of Base64. */
      request: function (pin) { return ZY.local(at + '/request', { pin: pin }).then(function (r) { return plain(r.request); }); },
      /* made: a line of what was issued, not yet written. */
      install: function (pin, made) {
        return ZY.local(at + '/install', { pin: pin,
          delivery: { certificate: made.sign_cert, encryption_certificate: made.enc_cert, encryption_key: made.enc_key, unlock_key: made.unlock_key, seal: made.seal } });
      },
      /* What a permission is asked with: {token_serial, challenge, key}, as the API takes it. */
      challenge: function () {
        return ZY.local(at + '/challenge', {}).then(function (c) { return { token_serial: c.serial, challenge: c.nonce, key: c.key }; });
      },
      unlock: function (permission, pin) { return ZY.local(at + '/unlock', { permission: permission, new_pin: pin }); }
    };
  }
  ZY.token = client;

  /* DER, its Base64, or PEM: what clients write. */
  function signatureOf(bytes) {
    if (bytes[0] === 0x30) {
      return btoa(Array.prototype.map.call(bytes, function (b) { return String.fromCharCode(b); }).join(''));
    }
    return plain(Array.prototype.map.call(bytes, function (b) { return String.fromCharCode(b); }).join(''));
  }
  function plain(text) { return text.replace(/-----[A-Z0-9 #]+-----/g, '').replace(/\s+/g, ''); }
  function readFile(file) {
    return new Promise(function (done, fail) {
      const reader = new FileReader();
      reader.onload = function () { done(signatureOf(new Uint8Array(reader.result))); };
      reader.onerror = function () { fail(fault('signed-file', 'token.unread')); };
      reader.readAsArrayBuffer(file);
    });
  }
  function fault(where, key, params) {
    return Object.assign(ZY.problem(422, { detail: ZY.t(key, params) }), { errors: [{ pointer: where ? '#/' + where : '', detail: ZY.t(key, params) }] });
  }
  /* The server's sentence about a signature, shown where the visitor acted. */
  function placed(where) {
    return function (p) {
      if (p instanceof Error) { throw p; }
      p.errors = p.errors.map(function (e) { return { pointer: where ? '#/' + where : '', code: e.code, detail: e.detail || p.detail }; });
      throw p;
    };
  }

  function certificates(face) {
    const list = face.certificates.slice().sort(function (a, b) { return a.not_before < b.not_before ? 1 : -1; });
    const box = ZY.clear($('#token-list'));
    list.forEach(function (c, i) {
      const id = 'token-c' + i;
      box.appendChild(ZY.el('div', { class: 'opt' }, [
        ZY.el('input', { type: 'radio', name: 'token-c', id: id, value: c.serial, checked: i === 0 }),
        ZY.el('label', { for: id }, [c.name || c.organisation || '', ZY.el('span', { class: 'hint', text: ZY.t('token.cert', { end: c.serial.slice(-6), date: ZY.fmt.date(c.not_after) }) })])]));
    });
    ZY.show($('#token-certs'), list.length > 0);
    return list.length;
  }
  function found(face) {
    const some = certificates(face);
    const usable = some && face.state === 'ready';
    ZY.show($('#token-none'), false);
    ZY.show($('#token-form'), true);
    $('#token-found').className = usable ? 'box box-ok' : 'box box-warn';
    $('#token-found').textContent = ZY.t(face.state !== 'ready' ? 'token.locked' : some ? 'token.found' : 'token.empty', { serial: face.serial });
    ZY.$$('#token-form .fld, #token-form .acts').forEach(function (n) { ZY.show(n, Boolean(usable)); });
    if (usable) { $('#pin').focus(); }
  }
  function none() {
    ZY.show($('#token-form'), false);
    ZY.show($('#token-none'));
    $('#token-file').open = true;
    ZY.say(ZY.t('token.none'));
  }

  function byClient(panel, key) {
    const pin = $('#pin').value;
    const chosen = $('#token-list input:checked');
    let nonce = '';
    if (!pin) {
      ZY.errors.show([{ pointer: '#/pin', detail: ZY.t('token.pin') }]);
      return null;
    }
    return panel.offer().then(function (c) {
      nonce = c.nonce;
      return key.sign(c.text, pin, chosen ? chosen.value : undefined).catch(function (p) {
        if (p.code === 'no_client') { none(); }
        if (p.code === 'locked') { return key.show().then(found).then(function () { throw fault('', 'token.locked'); }); }
        p.errors = [{ pointer: p.status === 401 || p.status === 422 ? '#/pin' : '', detail: p.detail }];
        throw p;
      });
    }).then(function (signature) {
      $('#pin').value = '';
      ZY.errors.clear();
      return panel.take(nonce, signature).catch(placed(''));
    }, function (p) {
      $('#pin').value = '';
      throw p;
    });
  }

  function byFile(panel, held) {
    const file = $('#signed-file').files[0];
    const typed = plain($('#signature').value);
    if (!held) { throw fault('signed-file', 'token.first'); }
    if (!file && !typed) { throw fault('signed-file', 'token.which'); }
    if (file && file.size > FILE_MAX) { throw fault('signed-file', 'token.large'); }
    return (file ? readFile(file) : Promise.resolve(typed)).then(function (signature) {
      return panel.take(held.nonce, signature).catch(placed(file ? 'signed-file' : 'signature'));
    });
  }
  function save(panel, c) {
    const a = ZY.el('a', { href: URL.createObjectURL(new Blob([c.text], { type: 'text/plain' })), download: panel.name });
    document.body.appendChild(a);
    a.click();
    document.body.removeChild(a);
    $('#token-until').textContent = ZY.t('token.until', { time: ZY.fmt.time(c.expires) });
  }

  ZY.tokenPanel = function (panel) {
    const key = client($('#token').dataset.at);
    let held = null;
    ZY.onPress($('#token-find'), function () {
      ZY.errors.clear();
      return key.show().then(found, function (p) {
        if (p.code !== 'no_client') { throw p; }
        none();
      });
    });
    ZY.onSubmit($('#token-form'), function () { return byClient(panel, key); });
    ZY.onPress($('#token-save'), function () {
      return panel.offer().then(function (c) { held = c; save(panel, c); });
    });
    ZY.onSubmit($('#token-back'), function () { return byFile(panel, held); });
  };
}(window.ZY));
