/* The frozen form: which version, download, what to do with it. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    ZY.withCase(function (kase) {
      const form = kase.form || { version: 0 };
      if (kase.state === 'returned') { ZY.$$('a[data-page="upload.html"]').forEach(function (a) { a.href = ZY.link('fix.html'); }); }
      ZY.show($('#none'), !form.version);
      ZY.show($('#has'), form.version > 0 && form.current);
      ZY.show($('#old'), form.version > 0 && !form.current);
      if (!form.version) { return; }
      if (!form.current) { ZY.text($('#old'), 'p', ZY.t('form.old', { n: form.version })); return; }
      $('#version').textContent = ZY.t('form.version', { n: form.version, pages: form.pages });
      $('#made').textContent = form.frozen_at ? ZY.t('form.made', { date: ZY.fmt.dateTime(form.frozen_at) }) : '';
      $('#pdf').href = '/api/applications/' + kase.no + '/form.pdf?version=' + form.version;
      const m1 = kase.materials.filter(function (m) { return m.code === 'm1'; })[0];
      $('#copies').textContent = m1 ? ZY.t('form.copies', { n: m1.copies }) : '';
    });
  });
}(window.ZY));
