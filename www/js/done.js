/* Confirmation: the number, what happens next and by when, what is waited for. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    ZY.withCase(function (kase) {
      if (kase.state === 'draft' || kase.state === 'printed') { location.replace(ZY.link('tasks.html')); return; }
      $('#no').textContent = kase.no;
      $('#turn').textContent = kase.turn_text || '';
      const ol = $('#next');
      const steps = [ZY.t('done.review')];
      const open = kase.gates.filter(function (g) { return g.required && !g.closed_at; }).map(function (g) { return g.name; });
      if (open.indexOf('originals') >= 0) { steps.push(ZY.t(kase.channel === 'post' ? 'done.post' : 'done.counter')); }
      if (open.indexOf('money') >= 0) { steps.push(ZY.t('done.money')); }
      steps.push(ZY.t(kase.delivery && kase.delivery.mode === 'pickup' ? 'done.collect' : 'done.send'));
      steps.forEach(function (s) { ol.appendChild(ZY.el('li', { text: s })); });
      $('#promise').textContent = kase.promise || '';
      ZY.gateRows($('#gates'), kase.gates);
      ZY.show($('#post'), kase.channel === 'post');
      ZY.show($('#counter'), kase.channel === 'counter');
      $('#track').href = '/track/case.html?no=' + kase.no;
    });
  });
}(window.ZY));
