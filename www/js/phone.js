/* Sign-in by phone and code, then on to the page one came from. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  let phone = '';
  let timer = 0;

  /* Seconds until the code may be sent again; shared with the tracker. */
  ZY.resend = function (button, seconds) {
    let left = seconds;
    clearInterval(timer);
    const show = function () {
      button.textContent = left > 0 ? ZY.t('phone.again', { s: left }) : ZY.t('phone.resend');
      button.setAttribute('aria-disabled', left > 0 ? 'true' : 'false');
      left -= 1;
      if (left < -1) { clearInterval(timer); }
    };
    show();
    timer = setInterval(show, 1000);
  };
  ZY.otp = function (number, purpose) {
    return ZY.api('POST', '/api/session/otp', { body: { phone: number, purpose: purpose }, quiet: true }).catch(function (p) {
      if (p.status === 429) {
        p.detail = p.retryAfter ? ZY.t('phone.often', { s: p.retryAfter }) : ZY.t('phone.often.later');
        p.errors = [{ pointer: '#/phone', code: p.code, detail: p.detail }];
      }
      throw p;
    });
  };

  ZY.ready(function () {
    const ask = $('#form-phone');
    if (!ask) { return; }
    const enter = $('#form-code');
    const onward = function () { location.replace(ZY.safeBack(ZY.param('back'), ZY.home + '/apply/tasks.html')); };

    if (ZY.param('back')) { $('#by-key').href += '?back=' + encodeURIComponent(ZY.param('back')); }
    ZY.session().then(function (s) { if (s.signed_in) { onward(); } }, function () { /* asked again on sending */ });

    function send() {
      return ZY.otp(phone, 'session').then(function () {
        ZY.errors.clear();
        ZY.show(ask, false);
        ZY.show(enter);
        $('#sent').textContent = ZY.t('phone.sent', { phone: ZY.fmt.phone(phone) });
        ZY.resend($('#again'), 60);
        $('#code').focus();
      });
    }
    ZY.onSubmit(ask, function () {
      const r = ZY.rules.mobile($('#phone').value);
      if (r.key) {
        ZY.errors.show([{ pointer: '#/phone', detail: ZY.t(r.key) }]);
        return null;
      }
      phone = r.value;
      return send();
    });
    ZY.onPress($('#again'), function () {
      if ($('#again').getAttribute('aria-disabled') === 'true') { return null; }
      return send();
    });
    $('#other').addEventListener('click', function () {
      ZY.errors.clear();
      ZY.show(enter, false);
      ZY.show(ask);
      $('#phone').focus();
    });
    ZY.onSubmit(enter, function () {
      const r = ZY.rules.otp($('#code').value);
      if (r.key) {
        ZY.errors.show([{ pointer: '#/code', detail: ZY.t(r.key) }]);
        return null;
      }
      return ZY.api('POST', '/api/session', { body: { phone: phone, code: r.value }, quiet: true }).then(function (a) {
        ZY.signedIn(a.data);
        onward();
      }, function (p) {
        if (p.status === 401 || p.status === 403 || p.status === 422) {
          p.errors = [{ pointer: '#/code', detail: p.errors[0] && p.errors[0].detail || ZY.t('phone.wrong') }];
        }
        throw p;
      });
    });
  });
}(window.ZY));
