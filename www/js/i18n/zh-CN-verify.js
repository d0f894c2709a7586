/* Texts of the check of printed pages and certificates. */
'use strict';
window.ZY.addTexts({
  'verify.empty': '填写申请表上的编码或证书序列号',
  'verify.form.valid': '这张申请表有效',
  'verify.form.valid.text': '由本站打印，是现行的第{version}版，第{page}页，共{pages}页。',
  'verify.form.replaced': '这张申请表已作废',
  'verify.form.replaced.text': '由本站打印，是第{version}版，资料后来改过。请使用最新一版。',
  'verify.form.printed': '打印日期',
  'verify.certificate.valid': '这张证书有效',
  'verify.certificate.valid.text': '由本中心签发，在有效期内。',
  'verify.certificate.replaced': '这张证书已换发',
  'verify.certificate.replaced.text': '由本中心签发，已由新证书代替，不能再用。',
  'verify.certificate.ended': '这张证书不能再用',
  'verify.certificate.ended.text': '由本中心签发，现在的状态是「{status}」。',
  'verify.status.suspended': '已冻结', 'verify.status.revoked': '已注销', 'verify.status.expired': '已过期',
  'verify.from': '有效期起', 'verify.to': '有效期至',
  'verify.unknown': '没有查到这个号码',
  'verify.unknown.text': '对照原件逐位核对后再查一次。仍然查不到的，先不要采信，打页面下方的热线核实。'
});
