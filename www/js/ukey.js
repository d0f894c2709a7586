/* Sign-in by certificate, then on to the page one came from. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    const onward = function () { location.replace(ZY.safeBack(ZY.param('back'), ZY.home + '/apply/tasks.html')); };
    $('#by-phone').href = ZY.home + '/apply/phone.html' + (ZY.param('back') ? '?back=' + encodeURIComponent(ZY.param('back')) : '');
    ZY.session().then(function (s) { if (s.signed_in) { onward(); } }, function () { /* asked again on signing */ });
    /* Only where the server has asked for a certificate in TLS. */
    if ($('#tls-go')) {
      $('#tls-go').addEventListener('click', function () {
        ZY.api('POST', '/api/session/tls', { quiet: true }).then(function (a) {
          ZY.signedIn(a.data);
          onward();
        }, function (p) { ZY.errors.show([{ pointer: '#/tls-go', detail: p.errors && p.errors.length ? p.errors[0].detail : p.detail }]); });
      });
    }
    $('#token-t').textContent = ZY.t('token.session');
    $('#token-go').textContent = ZY.t('token.session.go');
    ZY.show($('#token'));
    ZY.tokenPanel({
      name: ZY.t('token.file.session'),
      offer: function () { return ZY.api('POST', '/api/session/challenge', { quiet: true }).then(function (r) { return r.data; }); },
      take: function (nonce, signature) {
        return ZY.api('POST', '/api/session/certificate', { body: { nonce: nonce, signature: signature }, quiet: true }).then(function (a) {
          ZY.signedIn(a.data);
          onward();
        });
      }
    });
  });
}(window.ZY));
