-- Until when those who wait for a rate are planned, one behind the other: who comes next is planned behind them.
alter table campaigns.rates add column line_until timestamptz;
