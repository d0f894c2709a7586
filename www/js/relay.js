/* The phone's side: what stands behind the # of the address is exchanged for a session that may only send files for one
 * material.  It is taken out of the address at once, so that neither history nor a screenshot keeps it. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const MAX = 10485760;
  let files = null;
  let shots = 0;

  function only(id) {
    ['enter', 'send', 'over'].forEach(function (p) { ZY.show($('#' + p), p === id); });
  }
  function over(text, good) {
    only('over');
    const box = $('#over');
    box.className = 'box ' + (good ? 'box-ok' : 'box-warn');
    ZY.text(box, 'p', text);
    ZY.show($('#over-back'), Boolean(good));
    box.focus();
  }
  /* The session ended while the page was open. */
  ZY.signIn = function () { over(ZY.t('relay.gone')); };

  function clean(text) { return String(text || '').toUpperCase().replace(/[\s\-#]/g, ''); }

  /* A picture too big to be taken is made smaller; one that fits stays as it is. */
  function smaller(file) {
    return new Promise(function (done) {
      const url = URL.createObjectURL(file);
      const image = new Image();
      image.onerror = function () { URL.revokeObjectURL(url); done(file); };
      image.onload = function () {
        const by = Math.min(1, 3508 / Math.max(image.naturalWidth, image.naturalHeight));
        const canvas = ZY.el('canvas', { width: Math.round(image.naturalWidth * by), height: Math.round(image.naturalHeight * by) });
        canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
        URL.revokeObjectURL(url);
        canvas.toBlob(function (blob) { done(blob ? new File([blob], file.name.replace(/\.png$/i, '.jpg'), { type: 'image/jpeg' }) : file); }, 'image/jpeg', 0.85);
      };
      image.src = url;
    });
  }
  /* Cameras call every picture the same. */
  function prepare(file, camera) {
    const named = camera && /^image\/jpe?g$/.test(file.type)
      ? new File([file], ZY.t('relay.shot', { n: shots += 1 }), { type: file.type, lastModified: file.lastModified }) : file;
    return file.size > MAX && /^image\/(jpe?g|png)$/.test(file.type) ? smaller(named) : Promise.resolve(named);
  }

  function begin(about) {
    if (about.trouble && about.trouble.status === 401) { ZY.signIn(); return; }
    only('send');
    ZY.text(document, '#service', ZY.t('relay.for', { service: about.service_name }));
    ZY.text(document, '#pair', about.pair);
    ZY.text(document, '#left', ZY.t('relay.left', { time: ZY.fmt.time(about.expires) }));
    files = ZY.uploads({ no: '', way: { uploads: '/api/relay/uploads/', files: '/api/relay/files', prepare: prepare } });
    ZY.clear($('#mat')).appendChild(files.block({ code: about.material, name: about.material_name, required: true }, { phone: true }));
    if (about.trouble) { ZY.errors.problem(about.trouble); } else { shots = files.take(about.there).length; }
  }
  function take(token) {
    return ZY.api('POST', '/api/relay/session', { body: { token: token }, quiet: true }).then(function (r) {
      ZY.signedIn(r.data);
      return withFiles(r.data);
    });
  }
  /* What was sent before, so that the page appears whole. */
  function withFiles(about) {
    if (!about.open) { return about; }
    return ZY.api('GET', '/api/relay/files', { quiet: true }).then(function (r) { about.there = r.data; return about; }, function (p) { about.trouble = p; return about; });
  }

  ZY.ready(function () {
    const token = clean(location.hash);
    if (location.hash) { history.replaceState(null, '', location.pathname); }
    ZY.load(function () {
      return (token ? take(token) : ZY.session().then(withFiles)).catch(function (p) {
        if (p.status === 0 || p.status >= 500) { throw p; }
        return { refused: p };
      });
    }, function (about) {
      if (about.refused) { over(about.refused.detail); } else if (about.open) { begin(about); } else { only('enter'); }
    });
    ZY.onSubmit($('#enter'), function () {
      const code = clean($('#token').value);
      ZY.errors.clear();
      if (!/^[A-Z2-7]{26}$/.test(code)) { ZY.errors.show([{ pointer: '#/token', detail: ZY.t('relay.bad') }]); return null; }
      return take(code).then(begin, function (p) { p.errors = [{ pointer: '#/token', code: p.code, detail: p.detail }]; throw p; });
    });
    ZY.onPress($('#done'), function () {
      if (files.busy()) { ZY.errors.show([{ pointer: '', detail: ZY.t('up.busy') }]); return null; }
      return files.refresh().then(function (list) {
        return ZY.api('DELETE', '/api/relay/session').then(function () {
          over(list.length ? ZY.t('relay.done', { n: list.length }) : ZY.t('relay.done.0'), true);
        });
      });
    });
  });
}(window.ZY));
