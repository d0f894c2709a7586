/* Correction: every fault of the notice with its place on the page, and one action each. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    ZY.withCase(function (kase, cat, route, there) {
      $('#fix-track').href = ZY.home + '/track/case.html?no=' + kase.no;
      const c = kase.corrections;
      if (kase.state !== 'returned' || !c) { location.replace(ZY.home + '/track/case.html?no=' + kase.no); return; }
      const files = ZY.uploads(kase);
      const began = {};
      $('#main h1').textContent = ZY.notice.title(c);
      const due = c.until || kase.due;
      if (due) { $('#fix-due').parentNode.replaceChild(ZY.el('p', { id: 'fix-due' }, ZY.notice.until(due)), $('#fix-due')); }
      ZY.text(ZY.show($('#fix-note'), Boolean(c.note)), null, ZY.notice.note(c.note));

      const answered = {};
      function count() {
        const n = c.items.filter(function (i) { return answered[i.material]; }).length;
        if (n === c.items.length) { ZY.errors.clear(); }
        $('#fix-open').textContent = n === c.items.length ? ZY.t('fix.all') : ZY.t('fix.done', { n: n }) + ZY.t('stop') + ZY.t('fix.left', { n: c.items.length - n });
      }
      c.items.forEach(function (item) {
        const part = ZY.tpl('t-fix');
        const id = 'fix-' + item.material;
        part.setAttribute('aria-labelledby', id);
        ZY.notice.item(part, item, ZY.cat.reasons, function (file, page) { return '/api/attachments/' + encodeURIComponent(file) + '/pages/' + page; });
        $('h2', part).id = id;
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
      ZY.text(ZY.show($('#passed'), rest.length > 0), 'p', ZY.notice.passed(rest));
      count();
      files.onChange = function () {
        if (!began.ids) { began.ids = files.list.map(function (a) { return a.id; }); }
        ZY.fetchCase().then(function (fresh) {
          ((fresh.corrections || {}).items || []).forEach(function (i) { answered[i.material] = i.answered; });
          count();
        }, function () { /* counted next time */ });
      };
      files.take(there);

      const key = ZY.key();
      ZY.onPress($('#send'), function () {
        if (files.busy()) { ZY.errors.show([{ pointer: '', detail: ZY.t('up.busy') }]); return null; }
        return ZY.api('POST', '/api/applications/' + kase.no + '/submit', { key: key, ifMatch: ZY.etag }).then(function () {
          location.replace(ZY.home + '/track/case.html?no=' + kase.no);
        }, function (p) {
          p.errors = p.errors.map(function (e) {
            const m = /materials\/(m\d+)/.exec(e.pointer);
            return Object.assign({ href: m ? '#fix-' + m[1] : ZY.pageOfPointer(e.pointer) }, e);
          });
          throw p;
        });
      });
    }, ZY.filesOf);
  });
}(window.ZY));
