'use strict';
/* Electronic invoices as the tax office would issue them, by hand. */
const env = require('./env');
const fs = require('node:fs');
const path = require('node:path');
const data = require('./data');

const seller = () => [...fs.readFileSync(path.join(env.varDir, 'portal.conf'), 'utf8').matchAll(/^seller_tax_number\s*=\s*(\S+)/gm)].pop()[1];
const number = () => '2644' + data.digits(16);
const esc = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;');
const yuan = (fen) => (fen / 100).toFixed(2);

/* Words of whole hundreds of yuan below ten thousand: all prices are such. */
function words(fen) {
	const d = '零壹贰叁肆伍陆柒捌玖', n = fen / 10000, high = Math.floor(n / 10), low = n % 10;
	return (high ? d[high] + '仟' : '') + (low ? d[low] + '佰' : '') + '元整';
}

/* fen: with tax of 6 %.  Any part may be replaced. */
function invoice({ fen, title, tax = '', remark = '', no = number(), head = '<?xml version="1.0" encoding="UTF-8"?>', ...more }) {
	const without = Math.round(fen / 1.06);
	const v = { seller: seller(), words: words(fen), line: without, ...more };
	return { no, xml: Buffer.from(`${head}
<EInvoice><Header><EIid>${no}</EIid><Version>0.2</Version><InherentLabel><InIssuType><LabelCode>Y</LabelCode></InIssuType></InherentLabel></Header>
<EInvoiceData><SellerInformation><SellerIdNum>${v.seller}</SellerIdNum><SellerName>某某电子商务认证有限公司</SellerName></SellerInformation>
<BuyerInformation><BuyerIdNum>${esc(tax)}</BuyerIdNum><BuyerName>${esc(title)}</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>${yuan(without)}</TotalAmWithoutTax><TotalTaxAm>${yuan(fen - without)}</TotalTaxAm><TotalTax-includedAmount>${yuan(fen)}</TotalTax-includedAmount><TotalTax-includedAmountInChinese>${v.words}</TotalTax-includedAmountInChinese><Drawer>开票员</Drawer><RequestTime>2026-11-23 10:00:00</RequestTime></BasicInformation>
<IssuItemInformation><ItemName>*信息技术服务*数字证书</ItemName><MeaUnits>张</MeaUnits><Quantity>1</Quantity><UnPrice>${(without / 100).toFixed(8)}</UnPrice><Amount>${yuan(v.line)}</Amount><TaxRate>0.06</TaxRate><ComTaxAm>${yuan(fen - without)}</ComTaxAm><TotaltaxIncludedAmount>${yuan(fen)}</TotaltaxIncludedAmount><TaxClassificationCode>3040203000000000000</TaxClassificationCode></IssuItemInformation>
<AdditionalInformation><Remark>${esc(remark)}</Remark></AdditionalInformation></EInvoiceData>
<TaxSupervisionInfo><InvoiceNumber>${no}</InvoiceNumber><IssueTime>2026-11-23 10:00:05</IssueTime><TaxBureauCode>14400</TaxBureauCode></TaxSupervisionInfo></EInvoice>
`) };
}

module.exports = { invoice, number };
