/* Questions and complaints: a number and a day at once, the answer for number and phone. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const MIN = 5;
  const MAX = 1000;

  function row(label, value) { return ZY.el('div', {}, [ZY.el('dt', { text: label }), ZY.el('dd', {}, [value])]); }
  function given(r) {
    const again = ZY.el('button', { type: 'button', class: 'btn btn-2', text: ZY.t('fb.another') });
    const box = ZY.el('div', { class: 'box box-ok', tabindex: '-1' }, [
      ZY.el('h2', { text: ZY.t('fb.done') }),
      ZY.el('dl', { class: 'sum' }, [row(ZY.t('fb.no.is'), ZY.el('strong', { class: 'code', id: 'given-no', text: r.no })), row(ZY.t('fb.due'), ZY.time(r.due))]),
      ZY.el('p', { text: ZY.t('fb.keep') }),
      ZY.el('p', {}, [ZY.el('button', { type: 'button', class: 'btn btn-2', 'data-copy': 'given-no', text: ZY.t('fb.copy') }), ' ', again])]);
    again.addEventListener('click', function () {
      ZY.show($('#given'), false);
      $('#text').value = '';
      ZY.show($('#ask'));
      $('#kind').focus();
    });
    ZY.show($('#ask'), false);
    ZY.show(ZY.clear($('#given'))).appendChild(box);
    $('#find-no').value = r.no;
    $('#find-phone').value = $('#phone').value;
    box.focus();
  }
  function found(r) {
    const open = r.state === 'open';
    const box = ZY.el('div', { class: 'box ' + (open ? 'box-info' : 'box-ok'), tabindex: '-1' }, [
      ZY.el('h3', { text: ZY.t('fb.s.' + r.state) }),
      open ? ZY.el('p', { text: ZY.t('fb.s.open.text', { day: ZY.fmt.dateWeekday(r.due) }) }) : ZY.el('p', { class: 'says', text: r.answer }),
      ZY.el('dl', { class: 'sum' }, [row(ZY.t('fb.no.is'), r.no + ' ' + ZY.t('fb.k.' + r.kind)), row(ZY.t('fb.at'), ZY.fmt.dateTime(r.at)),
        open ? null : row(ZY.t('fb.answered'), ZY.fmt.dateTime(r.answered_at))])]);
    ZY.show(ZY.clear($('#found'))).appendChild(box);
    box.focus();
  }

  ZY.ready(function () {
    const no = ZY.param('no');
    if (/^YJ\d{14}$/.test(no)) { $('#find-no').value = no; }
    const key = { value: ZY.key() };
    ZY.onSubmit($('#ask'), function () {
      const faults = [];
      const kind = $('input[name=kind]:checked');
      const text = ZY.trim($('#text').value);
      const n = ZY.points(text).length;
      const phone = ZY.rules.mobile($('#phone').value);
      const about = ZY.trim($('#no').value) ? ZY.rules.no($('#no').value) : { value: null, key: '' };
      if (!kind) { faults.push({ pointer: '#/kind', detail: ZY.t('fb.kind') }); }
      if (n < MIN || n > MAX) { faults.push({ pointer: '#/text', detail: ZY.t('fb.short', { n: n }) }); }
      if (about.key) { faults.push({ pointer: '#/no', detail: ZY.t(about.key) }); }
      if (phone.key) { faults.push({ pointer: '#/phone', detail: ZY.t(phone.key) }); }
      if (faults.length) { ZY.errors.show(faults); return null; }
      ZY.errors.clear();
      return ZY.api('POST', '/api/feedback', { body: { kind: kind.value, text: text, no: about.value, phone: phone.value }, key: key.value }).then(function (a) {
        key.value = ZY.key();
        given(a.data);
      });
    });
    ZY.onSubmit($('#find'), function () {
      const faults = [];
      const number = ZY.code($('#find-no').value);
      const phone = ZY.rules.mobile($('#find-phone').value);
      if (!/^YJ\d{14}$/.test(number)) { faults.push({ pointer: '#/find-no', detail: ZY.t('fb.no') }); }
      if (phone.key) { faults.push({ pointer: '#/find-phone', detail: ZY.t(phone.key) }); }
      ZY.show($('#found'), false);
      if (faults.length) { ZY.errors.show(faults); return null; }
      ZY.errors.clear();
      return ZY.api('POST', '/api/feedback/find', { body: { no: number, phone: phone.value }, quiet: true }).then(function (a) { found(a.data); }, function (p) {
        p.errors = [];
        if (p.status === 404) { p.detail = ZY.t('fb.miss'); }
        throw p;
      });
    });
  });
}(window.ZY));
