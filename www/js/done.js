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
      const open = kase.gates.filter(function (g) { return g.required && !g.closed_at; }).map(function (g) { return g.name; });
      const has = function (g) { return open.indexOf(g) >= 0; };
      if (kase.state === 'installing') { location.replace(ZY.link('install.html')); return; }
      const steps = has('scans') ? [ZY.t('done.review')] : [];
      if (has('originals')) { steps.push(ZY.t(kase.channel === 'post' ? 'done.post' : kase.holder === 'ind' ? 'done.counter.ind' : 'done.counter')); }
      if (has('token')) { steps.push(ZY.t('done.token')); }
      if (has('money')) { steps.push(ZY.t(ZY.tellsMoney(ZY.route) && kase.remittance && kase.remittance.payer_name ? 'done.money' : kase.channel === 'counter' ? 'done.counter.pay' : 'done.unpaid')); }
      if (has('signature')) { steps.push(ZY.t('done.sign')); }
      if (!has('scans')) { steps.push(ZY.t('done.machine')); }
      else if (ZY.sectionsOf(ZY.route).some(function (s) { return s.code === 'delivery'; })) {
        steps.push(ZY.t(kase.delivery && kase.delivery.mode === 'pickup' ? 'done.collect' : 'done.send'));
      } else if (kase.channel === 'counter') { steps.push(ZY.t('done.revoke')); }
      steps.forEach(function (s) { ol.appendChild(ZY.el('li', { text: s })); });
      $('#promise').textContent = kase.promise || '';
      ZY.gateRows($('#gates'), kase.gates);
      ZY.show($('#post'), kase.channel === 'post');
      ZY.show($('#counter'), kase.channel === 'counter');
      $('#track').href = '/track/case.html?no=' + kase.no;
    });
  });
}(window.ZY));
