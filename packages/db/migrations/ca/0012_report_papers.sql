-- 失効情報等の提供状況報告書 on paper, published with the report (千葉県運用規程 4-5). Those from before have none.
alter table published_report add column pdf bytea;
alter table published_report alter column pdf set storage external;
alter table published_report add constraint report_on_paper check (pdf is not null) not valid;
