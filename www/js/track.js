/* Tracker for anyone with the case number and the phone: one neutral answer to every wrong combination. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    const form = $('#ask');
    if (!form) { return; }
    const given = ZY.param('no');
    if (given) { $('#no').value = ZY.code(given).slice(0, 40); }

    function read(withCode) {
      const faults = [];
      const no = ZY.rules.no($('#no').value);
      const phone = ZY.rules.mobile($('#phone').value);
      const code = ZY.rules.otp($('#code').value);
      const check = function (id, r) {
        if (r.key) { faults.push({ pointer: '#/' + id, detail: r.value ? ZY.t(r.key) : ZY.t('must.text', { label: $('label[for=' + id + ']').textContent }) }); }
      };
      if (withCode) { check('no', no); }
      check('phone', phone);
      if (withCode) { check('code', code); }
      if (faults.length) { ZY.errors.show(faults); return null; }
      ZY.errors.clear();
      return { no: no.value, phone: phone.value, code: code.value };
    }
    ZY.onPress($('#send'), function () {
      if ($('#send').getAttribute('aria-disabled') === 'true') { return null; }
      const v = read(false);
      if (!v) { return null; }
      return ZY.otp(v.phone, 'track').then(function () {
        $('#sent').textContent = ZY.t('phone.sent', { phone: ZY.fmt.phone(v.phone) });
        ZY.resend($('#send'), 60);
        $('#code').focus();
      });
    });
    ZY.onSubmit(form, function () {
      const v = read(true);
      if (!v) { return null; }
      return ZY.api('POST', '/api/track', { body: v, quiet: true }).then(function (r) {
        ZY.show(form, false);
        ZY.show($('.lead'), false);
        const view = ZY.show($('#view'));
        const node = ZY.showStatus(view, r.data, r.data.timeline || [], false);
        const again = ZY.el('button', { type: 'button', class: 'btn btn-2', text: ZY.t('track.other') });
        again.addEventListener('click', function () {
          ZY.show(view, false);
          ZY.show($('.lead'));
          ZY.show(form);
          $('#code').value = '';
          $('#no').focus();
        });
        const go = ZY.el('a', { class: 'btn' });
        const rated = ZY.rateLink(go, r.data.no, r.data.rating);
        if (rated) { ZY.remember('rate.' + r.data.no, JSON.stringify({ ticket: r.data.ticket, rating: r.data.rating })); }
        node.appendChild(ZY.el('p', { class: 'acts' }, [rated ? go : '', ' ', again]));
        $('.turn h2', node).tabIndex = -1;
        $('.turn h2', node).focus();
      }, function (p) {
        if (p.status === 401 || p.status === 404 || p.status === 403 || p.status === 422) {
          p.errors = [{ pointer: '', detail: ZY.t('track.miss') }];
        }
        throw p;
      });
    });
  });
}(window.ZY));
