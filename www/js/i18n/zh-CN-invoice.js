/* Texts about an invoice: its own page, and the page of a case.  Loaded after zh-CN.js. */
'use strict';
window.ZY.addTexts({
  'inv.no': '申请单号',
  'inv.number': '发票号码',
  'inv.total': '价税合计',
  'inv.day': '开票日期',
  'inv.until': '链接有效期至',
  'inv.code': '提取码应为6位数字',
  'inv.file': '电子发票{n}',
  'inv.one': '发票号码{n}，价税合计{fen}',
  'inv.saved': '已下载',
  'inv.due': '电子发票将在{day}前开出，开出后发短信给经办人。',
  'inv.soon': '电子发票正在开具，开出后发短信给经办人。',
  'inv.red': '这张发票已冲红（红字发票{n}），请不要用它报销。',
  'inv.again': '取票短信已发送'
});
