/* Texts of paying: what is owed and has come, and the wallet.  Loaded after core.js. */
'use strict';
window.ZY.addTexts({
  'pay.who.unit': '须从申请单位自己的对公账户汇出，户名和申请单位一致。个人代付、其他单位代付的款项办不了，会退回原账户。',
  'pay.who.ind': '须从申请人本人的银行卡汇出。他人代付的款项办不了，会退回原账户。',
  'pay.none': '还没有查到这笔款',
  'pay.waiting': '尚未到账。银行入账后，工作人员在1个工作日内登记。',
  'pay.partial': '已到账{got}，还差{left}。补足差额时仍写同样的备注。',
  'pay.paid': '已到账{got}。',
  'pay.over': '已到账{got}，多出{left}。多出部分退回原付款账户。',
  'pay.free': '这项业务不收费，无需付款。',
  'wallet.planned': '正在向支付宝申请二维码，请稍候。',
  'wallet.waiting': '请用支付宝扫码付款{amount}，{time}前有效。付完这里会自动更新。',
  'wallet.paid': '已用支付宝付款{amount}，已到账。',
  'wallet.closed': '二维码已过期，没有付款。要付款的，重新获取。',
  'wallet.failed': '没有取得二维码：{why}',
  'wallet.submit': '申请提交以后，在这里用支付宝扫码付款，或者按下面的账号转账。',
  'wallet.img': '支付宝付款二维码，{amount}',
  'wallet.open': '在这部手机上打开支付宝付款',
  'wallet.again': '重新获取付款二维码'
});
