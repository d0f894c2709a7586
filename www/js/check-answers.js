/* Check your answers, then freeze them as a version of the form. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const IN_CERT = ['unit.name', 'unit.uscc', 'unit.address', 'person.name'];

  function row(label, text, page, id) {
    const div = ZY.tpl('t-row');
    ZY.text(div, 'dt', label);
    ZY.text(div, 'dd', text || ZY.t('none'));
    if (!text) { $('dd', div).className = 'muted'; }
    const a = $('a', div);
    a.href = ZY.link(page) + '&return=check' + (id ? '#' + id : '');
    a.appendChild(ZY.vh(label));
    ZY.show(a, ZY.editable(ZY.kase));
    return div;
  }
  function seal(kase, item, i) {
    const old = ZY.aboutOld(ZY.route);
    return row(ZY.t('cert.item', { n: i + 1 }), [ZY.fmt.group4(item.old_serial), ZY.nameOf(ZY.cat.seal_kinds, item.seal_kind, ''), item.seal_name].filter(Boolean).join(' · '),
      old ? 'old-cert.html' : 'cert.html', 'items-' + i + (old ? '-old_serial' : '-seal_name'));
  }

  function draw(kase) {
    const fields = (ZY.route && ZY.route.fields || []).map(function (f) {
      return { name: ZY.pointerName(f.pointer), label: f.label, required: f.required };
    });
    const cert = ZY.clear($('#cert'));
    fields.filter(function (f) { return IN_CERT.indexOf(f.name) >= 0; }).forEach(function (f) {
      const page = f.name.indexOf('person') === 0 ? 'holder.html' : 'unit.html';
      cert.appendChild(row(f.label, ZY.valueOf(kase, f.name), page, f.name.replace(/\./g, '-')));
    });
    (kase.items || []).forEach(function (item, i) { cert.appendChild(seal(kase, item, i)); });

    if (ZY.aboutOld(ZY.route)) { $('#in-cert').textContent = ZY.t('check.cert.old'); }
    const parts = ZY.clear($('#parts'));
    ZY.sectionsOf(ZY.route).forEach(function (s) {
      const dl = ZY.el('dl', { class: 'sum' });
      fields.filter(function (f) {
        return s.has.indexOf(f.name.split('.')[0]) >= 0 && f.name.indexOf('items') !== 0 && IN_CERT.indexOf(f.name) < 0;
      }).forEach(function (f) {
        const text = ZY.valueOf(kase, f.name);
        if (f.name.indexOf('delivery.') === 0 && f.name !== 'delivery.mode' && !text) { return; }
        dl.appendChild(row(f.label, text, s.page, f.name.replace(/\./g, '-')));
      });
      if (!dl.firstChild) { return; }
      parts.appendChild(ZY.el('section', { 'aria-labelledby': 'part-' + s.code }, [
        ZY.el('h2', { id: 'part-' + s.code, text: ZY.t('sec.' + s.code) }), dl]));
    });
  }
  function missing(errors) {
    const stage = /^#?\/(unit|person|agent|years|items|change|reason)/;
    const list = errors.filter(function (e) { return stage.test(e.pointer); });
    const box = ZY.show($('#missing'), list.length > 0);
    if (!list.length) { return; }
    ZY.text(box, 'h2', ZY.t('check.incomplete', { n: list.length }));
    const ul = ZY.clear($('ul', box));
    list.forEach(function (e) { ul.appendChild(ZY.el('li', {}, [ZY.el('a', { href: ZY.pageOfPointer(e.pointer), text: e.detail })])); });
  }

  ZY.ready(function () {
    ZY.withCase(function (kase) {
      draw(kase);
      const form = kase.form || { version: 0 };
      const paper = ZY.wantsForm(kase);
      if (!ZY.editable(kase)) { ZY.show($('#make'), false); return; }
      if (!paper) { $('#make').textContent = ZY.t('check.to.submit'); }
      if (form.version > 0 && form.current) {
        ZY.text(ZY.show($('#made')), 'p', ZY.t('check.void', { n: form.version }));
        $('#make').textContent = ZY.t('check.to.form');
      } else if (form.version > 0) {
        $('#make').textContent = ZY.t('check.make.next', { n: form.version + 1 });
      }
      ZY.api('GET', '/api/applications/' + kase.no + '/check').then(function (r) { missing(r.data.errors || []); },
        function () { /* told when the form is made */ });
      let key = ZY.key();
      ZY.onPress($('#make'), function () {
        if (!paper) { location.assign(ZY.link('submit.html')); return null; }
        if (ZY.kase.form && ZY.kase.form.version > 0 && ZY.kase.form.current) { location.assign(ZY.link('form.html')); return null; }
        $('#making').textContent = ZY.t('check.making');
        return ZY.api('POST', '/api/applications/' + kase.no + '/form', { key: key, ifMatch: ZY.etag }).then(function () {
          location.assign(ZY.link('form.html'));
        }, function (p) {
          $('#making').textContent = '';
          key = ZY.key();
          if (p.status === 412) {
            return ZY.fetchCase().then(function (fresh) {
              draw(fresh);
              ZY.errors.show([{ pointer: '', detail: ZY.t('stale.check') }]);
            });
          }
          p.errors = p.errors.map(function (e) { return Object.assign({ href: ZY.pageOfPointer(e.pointer) }, e); });
          throw p;
        });
      });
    });
  });
}(window.ZY));
