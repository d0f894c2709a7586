/* Texts of the page after submitting: what comes next.  Loaded after core.js. */
'use strict';
window.ZY.addTexts({
  'done.unpaid': '按收款账号付款，备注写参考码；到账后登记。', 'done.sign': '插入UKey，用现有证书签名。', 'done.token': '要办理的UKey和材料一起交来。',
  'done.machine': '都齐了，系统自动审核，短信通知安装。', 'done.revoke': '当天办结，证书随即失效。',
  'done.review': '我们在1个工作日内初审，结果用短信告诉您。',
  'done.post': '初审通过后寄纸质原件，着急的现在就可以寄。不收挂号信。',
  'done.counter': '经办人带齐纸质原件、证照副本原件和本人身份证原件到前台。',
  'done.counter.ind': '本人带齐纸质原件和身份证原件到前台。', 'done.counter.pay': '到前台当场缴费，也可以提前汇款。',
  'done.money': '款项到账后登记，无需再通知我们。',
  'done.collect': '办好后短信通知，领取人带本人身份证原件来取。',
  'done.send': '办好后顺丰寄回，运单号用短信告诉您。'
});
