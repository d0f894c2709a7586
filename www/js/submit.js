/* Declaration and consents, then submit: everything that is missing comes back at once. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const PAGES = { agreement: ZY.home + '/about/agreement.html', privacy: ZY.home + '/about/privacy.html', id_scan: ZY.home + '/about/id-scan.html' };

  function withHref(errors) {
    return errors.map(function (e) { return Object.assign({ href: ZY.pageOfPointer(e.pointer) }, e); });
  }
  function missing(errors) {
    const list = errors.filter(function (e) { return !/^#?\/consents/.test(e.pointer); });
    const box = ZY.show($('#missing'), list.length > 0);
    ZY.text(box, 'h2', ZY.t('submit.missing', { n: list.length }));
    const ul = ZY.clear($('ul', box));
    list.forEach(function (e) { ul.appendChild(ZY.el('li', {}, [ZY.el('a', { href: ZY.pageOfPointer(e.pointer), text: e.detail })])); });
  }

  ZY.ready(function () {
    ZY.withCase(function (kase, catalog) {
      if (kase.state !== 'draft' && kase.state !== 'printed') { location.replace(ZY.home + '/track/case.html?no=' + kase.no); return; }
      const texts = catalog.texts || {};
      (texts['declaration.' + kase.holder] || ZY.t('submit.declaration')).split(/\n+/).forEach(function (line) {
        if (ZY.trim(line)) { $('#declaration').appendChild(ZY.el('p', { text: ZY.trim(line) })); }
      });
      const ids = kase.materials.some(function (m) { return /^m[345]$/.test(m.code) && m.required; });
      const codes = Object.keys(catalog.consents || {}).filter(function (c) { return c !== 'id_scan' || ids; });
      ZY.show($('#look'), !ZY.wantsForm(kase));
      codes.forEach(function (code) {
        const c = catalog.consents[code];
        const id = 'consents-' + code;
        const label = ZY.el('label', { for: id, text: c.summary || ZY.t('submit.agree', { title: c.title }) });
        label.appendChild(ZY.el('span', { class: 'hint', text: ZY.t('submit.version', { version: c.version }) }));
        const box = ZY.el('input', { type: 'checkbox', id: id, name: 'consents.' + code });
        box.checked = Boolean(kase.consents && kase.consents[code] === c.version);
        const fld = ZY.el('div', { class: 'fld', 'data-err': id }, [ZY.el('div', { class: 'opt' }, [box, label])]);
        if (PAGES[code]) {
          fld.appendChild(ZY.el('p', { class: 'small' }, [ZY.el('a', { href: PAGES[code], target: '_blank', rel: 'noopener', text: ZY.t('submit.read', { title: c.title }) })]));
        }
        $('#consents').appendChild(fld);
      });
      ZY.api('GET', '/api/applications/' + kase.no + '/check').then(function (r) { missing(r.data.errors || []); },
        function () { /* told on submitting */ });

      const key = ZY.key();
      ZY.onSubmit($('#form'), function () {
        const faults = [];
        if (!$('#declare').checked) { faults.push({ pointer: '#/declare', detail: ZY.t('submit.need.declare') }); }
        const consents = {};
        let change = false;
        codes.forEach(function (code) {
          const version = catalog.consents[code].version;
          if (!$('#consents-' + code).checked) {
            faults.push({ pointer: '#/consents/' + code, detail: ZY.t('submit.need', { title: catalog.consents[code].title }) });
          }
          consents[code] = version;
          if (!ZY.kase.consents || ZY.kase.consents[code] !== version) { change = true; }
        });
        if (faults.length) { ZY.errors.show(faults); return null; }
        ZY.errors.clear();
        return (change ? ZY.patch({ consents: consents }) : Promise.resolve()).then(function () {
          return ZY.api('POST', '/api/applications/' + kase.no + '/submit', { key: key, ifMatch: ZY.etag });
        }).then(function (r) {
          location.replace(ZY.link(r.data.state === 'draft' ? 'tasks.html' : 'done.html'));
        }, function (p) {
          if (p.status === 412) { return ZY.fetchCase().then(function () { ZY.errors.show([{ pointer: '', detail: ZY.t('stale.check') }]); }); }
          if (p.errors.length) { missing(p.errors); }
          p.errors = withHref(p.errors);
          throw p;
        });
      });
    });
  });
}(window.ZY));
