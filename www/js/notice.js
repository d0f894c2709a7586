/* The notice of a correction, drawn once for two readers: who gets it, and the reviewer before he sends it. */
'use strict';
(function (ZY) {
  const SVG = 'http://www.w3.org/2000/svg';
  const N = {};
  ZY.notice = N;

  function svg(tag, attrs) {
    const n = document.createElementNS(SVG, tag);
    Object.keys(attrs).forEach(function (k) { n.setAttribute(k, attrs[k]); });
    return n;
  }
  /* Areas are in ten-thousandths of the page: the drawing is 10000 wide and as high as the page's shape says. */
  function figure(item, src, page, areas) {
    const text = ZY.t('fix.figure', { name: item.name, page: page });
    const drawing = svg('svg', { width: '360', role: 'img', 'aria-label': text });
    const probe = new Image();
    function draw(high) {
      ZY.clear(drawing);
      drawing.setAttribute('viewBox', '0 0 10000 ' + high);
      drawing.setAttribute('height', Math.round(0.036 * high));
      drawing.appendChild(svg('image', { href: src, width: '10000', height: high, preserveAspectRatio: 'none' }));
      areas.forEach(function (a) {
        drawing.appendChild(svg('rect', { x: a.x, y: a.y * high / 10000, width: a.w, height: a.h * high / 10000, fill: 'none', stroke: '#b3261e', 'stroke-width': '80' }));
      });
    }
    draw(14142);
    probe.addEventListener('load', function () { draw(Math.round(10000 * probe.naturalHeight / probe.naturalWidth)); });
    probe.src = src;
    return ZY.el('figure', {}, [drawing, ZY.el('figcaption', { class: 'small', text: text })]);
  }

  N.title = function (c) { return ZY.t('fix.title', { n: c.items.length }); };
  N.until = function (day) { return [ZY.t('fix.until.before'), ZY.time(day), ZY.t('fix.until.after')]; };
  N.note = function (text) { return ZY.t('fix.note', { note: text }); };
  N.passed = function (names) { return ZY.t('fix.passed', { list: names.join(ZY.t('comma')) }); };

  /* part: has h2, .why, .note and .figs; reasons: the catalogue's; src(file, page): address of a page's picture. */
  N.item = function (part, item, reasons, src) {
    const pages = {};
    ZY.text(part, 'h2', item.name);
    item.reasons.forEach(function (r) {
      const known = reasons.filter(function (x) { return x.code === r.code; })[0];
      ZY.$('.why', part).appendChild(ZY.el('li', {}, [ZY.el('strong', { text: r.text }), known && known.remedy ? ZY.t('colon') + known.remedy : null]));
    });
    ZY.text(ZY.show(ZY.$('.note', part), Boolean(item.note)), null, N.note(item.note));
    item.areas.forEach(function (a) {
      const key = src(a.file, a.page);
      (pages[key] = pages[key] || []).push(a);
    });
    Object.keys(pages).forEach(function (key) { ZY.$('.figs', part).appendChild(figure(item, key, pages[key][0].page, pages[key])); });
  };
}(window.ZY));
