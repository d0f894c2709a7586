/* An invoice by the link of a message: what stands behind the # of the address never reaches a log, and is taken out at once. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const link = location.hash.slice(1);
  let code = '';

  function open(file) {
    return ZY.api('POST', '/api/invoices/open', { quiet: true, body: file ? { link: link, code: code, file: file } : { link: link, code: code } });
  }
  function draw(v) {
    const rows = [['no', v.no], ['number', v.number], ['total', ZY.fmt.money(v.total_fen)], ['day', ZY.fmt.date(v.issued_day)], ['until', ZY.fmt.date(v.link_ends_at)]];
    ZY.clear($('#facts'));
    rows.forEach(function (row) {
      $('#facts').appendChild(ZY.el('div', {}, [ZY.el('dt', { text: ZY.t('inv.' + row[0]) }), ZY.el('dd', { class: 'code', text: row[1] })]));
    });
    ZY.show($('[data-file=pdf]'), v.pdf);
    ZY.show($('#ask'), false);
    ZY.show($('#view'));
    $('#got-h').focus();
  }

  ZY.ready(function () {
    if (location.hash) { history.replaceState(null, '', location.pathname); }
    if (!/^[\w-]{22}$/.test(link)) { ZY.show($('#ask'), false); ZY.show($('#lost')); return; }
    ZY.onSubmit($('#ask'), function () {
      code = $('#code').value.replace(/\s/g, '');
      ZY.errors.clear();
      if (!/^\d{6}$/.test(code)) { ZY.errors.show([{ pointer: '#/code', detail: ZY.t('inv.code') }]); return null; }
      return open().then(function (r) { draw(r.data); }, function (p) {
        if (p.status === 404) { p.errors = [{ pointer: '#/code', code: p.code, detail: p.detail }]; }
        throw p;
      });
    });
    ZY.$$('[data-file]').forEach(function (button) {
      ZY.onPress(button, function () {
        return open(button.dataset.file).then(function (r) {
          const a = ZY.el('a', { href: URL.createObjectURL(r.data), download: ZY.t('inv.file', { n: $('#facts div:nth-child(2) dd').textContent }) + '.' + button.dataset.file });
          document.body.appendChild(a);
          a.click();
          setTimeout(function () { URL.revokeObjectURL(a.href); a.remove(); }, 1000);
          ZY.say(ZY.t('inv.saved'));
        });
      });
    });
  });
}(window.ZY));
