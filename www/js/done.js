/* Confirmation: the number, what happens next and by when, what is waited for. */
'use strict';
(function (ZY) {
  const $ = ZY.$;
  ZY.ready(function () {
    ZY.withCase(function (kase) {
      if (kase.state === 'draft' || kase.state === 'printed') { location.replace(ZY.link('tasks.html')); return; }
      if (['completed', 'rejected', 'withdrawn', 'expired'].indexOf(kase.state) >= 0) { location.replace(ZY.home + '/track/case.html?no=' + kase.no); return; }
      ZY.show($('#until'), false);
      $('#no').textContent = kase.no;
      $('#turn').textContent = kase.turn_text || '';
      const ol = $('#next');
      const open = kase.gates.filter(function (g) { return g.required && !g.closed_at; }).map(function (g) { return g.name; });
      const has = function (g) { return open.indexOf(g) >= 0; };
      if (kase.state === 'installing') { location.replace(ZY.link(kase.effect === 'unlock' ? 'unlock.html' : 'install.html')); return; }
      const steps = has('scans') ? [ZY.t('done.review')] : [];
      if (has('originals')) { steps.push(ZY.t(kase.channel === 'post' ? 'done.post' : kase.holder === 'ind' ? 'done.counter.ind' : 'done.counter')); }
      if (has('token')) { steps.push(ZY.t('done.token')); }
      if (has('money')) { steps.push(ZY.t(ZY.tellsMoney(ZY.route) && kase.remittance && kase.remittance.payer_name ? 'done.money' : kase.channel === 'counter' ? 'done.counter.pay' : 'done.unpaid')); }
      if (has('signature')) { steps.push(ZY.t('done.sign')); }
      if (!kase.gates.some(function (g) { return g.required && g.name === 'scans'; })) { steps.push(ZY.t('done.machine')); }
      else if (ZY.sectionsOf(ZY.route).some(function (s) { return s.code === 'delivery'; })) {
        steps.push(ZY.t(kase.delivery && kase.delivery.mode === 'pickup' ? 'done.collect' : 'done.send'));
      } else if (kase.channel === 'counter') { steps.push(ZY.t('done.revoke')); }
      steps.forEach(function (s) { ol.appendChild(ZY.el('li', { text: s })); });
      $('#promise').textContent = kase.promise || '';
      ZY.gateRows($('#gates'), kase.gates, kase.state);
      ZY.show($('#post'), kase.channel === 'post' && (has('originals') || has('token')));
      ZY.show($('#counter'), kase.channel === 'counter');
      $('#track').href = ZY.home + '/track/case.html?no=' + kase.no;
    });
  });
}(window.ZY));
