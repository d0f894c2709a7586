/* Correction: every fault of the notice with its place on the page, and one action each. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  const SVG = 'http://www.w3.org/2000/svg';
  function svg(tag, attrs) {
    const n = document.createElementNS(SVG, tag);
    Object.keys(attrs).forEach(function (k) { n.setAttribute(k, attrs[k]); });
    return n;
  }
  /* Areas are in ten-thousandths of the page, so the drawing is 10000 wide and as high as the page's shape says. */
  function figure(item, file, page, areas, n) {
    const id = 'fig-' + item.material + '-' + n;
    const src = '/api/attachments/' + encodeURIComponent(file) + '/pages/' + page;
    const drawing = svg('svg', { viewBox: '0 0 10000 14142', width: '360', height: '509', role: 'img', 'aria-labelledby': id });
    const title = svg('title', { id: id });
    title.textContent = ZY.t('fix.figure', { name: item.name, page: page });
    drawing.appendChild(title);
    const image = svg('image', { width: '10000', height: '14142', preserveAspectRatio: 'none' });
    image.setAttribute('href', src);
    drawing.appendChild(image);
    const probe = new Image();
    probe.addEventListener('load', function () {
      const high = Math.round(10000 * probe.naturalHeight / probe.naturalWidth);
      drawing.setAttribute('viewBox', '0 0 10000 ' + high);
      drawing.setAttribute('height', Math.round(360 * high / 10000));
      image.setAttribute('height', high);
      frames(high);
    });
    function frames(high) {
      ZY.$$('rect', drawing).forEach(function (r) { drawing.removeChild(r); });
      areas.forEach(function (a) {
        drawing.appendChild(svg('rect', { x: a.x, y: a.y * high / 10000, width: a.w, height: a.h * high / 10000, fill: 'none', stroke: '#b3261e', 'stroke-width': '80' }));
      });
    }
    frames(14142);
    probe.src = src;
    return ZY.el('figure', {}, [drawing, ZY.el('figcaption', { class: 'small', text: ZY.t('fix.figure', { name: item.name, page: page }) })]);
  }

  ZY.ready(function () {
    ZY.withCase(function (kase) {
      $('#fix-track').href = '/track/case.html?no=' + kase.no;
      const c = kase.corrections;
      if (kase.state !== 'returned' || !c) { location.replace('/track/case.html?no=' + kase.no); return; }
      const files = ZY.uploads(kase);
      const began = {};
      $('#main h1').textContent = ZY.t('fix.title', { n: c.items.length });
      const due = c.until || kase.due;
      if (due) {
        $('#fix-due').appendChild(document.createTextNode(ZY.t('fix.until.before')));
        $('#fix-due').appendChild(ZY.time(due));
        $('#fix-due').appendChild(document.createTextNode(ZY.t('fix.until.after')));
      }
      ZY.text(ZY.show($('#fix-note'), Boolean(c.note)), null, ZY.t('fix.note', { note: c.note }));

      const answered = {};
      function count() {
        const n = c.items.filter(function (i) { return answered[i.material]; }).length;
        $('#fix-open').textContent = n === c.items.length ? ZY.t('fix.all') : ZY.t('fix.done', { n: n }) + ZY.t('stop') + ZY.t('fix.left', { n: c.items.length - n });
      }
      c.items.forEach(function (item) {
        const part = ZY.tpl('t-fix');
        const id = 'fix-' + item.material;
        part.setAttribute('aria-labelledby', id);
        ZY.text(part, 'h2', item.name).id = id;
        const why = $('.why', part);
        item.reasons.forEach(function (r) {
          const remedy = (ZY.cat.reasons || []).filter(function (x) { return x.code === r.code; })[0];
          why.appendChild(ZY.el('li', {}, [ZY.el('strong', { text: r.text }), remedy && remedy.remedy ? ZY.t('colon') + remedy.remedy : null]));
        });
        ZY.text(ZY.show($('.note', part), Boolean(item.note)), null, ZY.t('fix.note', { note: item.note }));
        const pages = {};
        (item.areas || []).forEach(function (a) {
          const key = a.file + '/' + a.page;
          (pages[key] = pages[key] || []).push(a);
        });
        Object.keys(pages).forEach(function (key, n) {
          const a = pages[key];
          $('.figs', part).appendChild(figure(item, a[0].file, a[0].page, a, n));
        });
        if (item.material === 'm1') {
          const p = ZY.el('p', { text: ZY.t('fix.void') });
          p.appendChild(ZY.el('a', { href: ZY.link('check.html'), text: ZY.t('fix.edit') }));
          $('.do', part).appendChild(p);
        }
        $('.do', part).appendChild(files.block({ code: item.material, name: ZY.t('fix.upload') + ZY.t('colon') + item.name, required: true }, {
          plain: true, relay: ZY.link('upload.html') + '#' + item.material,
          fresh: function (a) { return began.ids && began.ids.indexOf(a.id) < 0 || a.round > c.round || (item.answered && a.round >= c.round); }
        }));
        $('#items').appendChild(part);
        answered[item.material] = item.answered;
      });
      const rest = kase.materials.filter(function (m) { return m.state === 'pass' || m.state === 'waive'; }).map(function (m) { return m.name; });
      ZY.text(ZY.show($('#passed'), rest.length > 0), 'p', ZY.t('fix.passed', { list: rest.join('、') }));
      count();
      files.onChange = function () {
        if (!began.ids) { began.ids = files.list.map(function (a) { return a.id; }); }
        ZY.fetchCase().then(function (fresh) {
          ((fresh.corrections || {}).items || []).forEach(function (i) { answered[i.material] = i.answered; });
          count();
        }, function () { /* counted next time */ });
      };
      files.refresh().catch(function (p) { ZY.errors.problem(p); });

      const key = ZY.key();
      ZY.onPress($('#send'), function () {
        if (files.busy()) { ZY.errors.show([{ pointer: '', detail: ZY.t('up.busy') }]); return null; }
        return ZY.api('POST', '/api/applications/' + kase.no + '/submit', { key: key, ifMatch: ZY.etag }).then(function () {
          location.replace('/track/case.html?no=' + kase.no);
        }, function (p) {
          p.errors = p.errors.map(function (e) {
            const m = /materials\/(m\d+)/.exec(e.pointer);
            return Object.assign({ href: m ? '#fix-' + m[1] : ZY.pageOfPointer(e.pointer) }, e);
          });
          throw p;
        });
      });
    });
  });
}(window.ZY));
