/* Is a printed page or a certificate genuine: one field, one answer, nothing personal. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  function row(label, day) {
    return ZY.el('div', {}, [ZY.el('dt', { text: label }), ZY.el('dd', {}, [ZY.time(day, ZY.fmt.date(day))])]);
  }
  function draw(r) {
    const key = 'verify.' + (r.kind ? r.kind + '.' + r.result : 'unknown');
    const box = ZY.el('section', { class: 'box ' + (r.result === 'valid' ? 'box-ok' : 'box-warn'), 'aria-labelledby': 'said' }, [
      ZY.el('h2', { id: 'said', tabindex: '-1', text: ZY.t(key) }),
      ZY.el('p', { text: ZY.t(key + '.text', { version: r.version, page: r.page, pages: r.pages, status: ZY.t('verify.status.' + r.status) }) })]);
    const facts = ZY.el('dl', { class: 'sum' });
    if (r.printed_on) { facts.appendChild(row(ZY.t('verify.form.printed'), r.printed_on)); }
    if (r.not_after) {
      facts.appendChild(row(ZY.t('verify.from'), r.not_before));
      facts.appendChild(row(ZY.t('verify.to'), r.not_after));
    }
    if (facts.firstChild) { box.appendChild(facts); }
    ZY.show(ZY.clear($('#result'))).appendChild(box);
    $('#said').focus();
  }
  ZY.ready(function () {
    ZY.onSubmit($('#ask'), function () {
      const number = ZY.code($('#number').value);
      ZY.errors.clear();
      ZY.show($('#result'), false);
      if (!number) {
        ZY.errors.show([{ pointer: '#/number', detail: ZY.t('verify.empty') }]);
        return null;
      }
      return ZY.api('GET', '/api/verify/number?number=' + encodeURIComponent(Array.from(number).slice(0, 100).join(''))).then(function (a) { draw(a.data); });
    });
  });
}(window.ZY));
