//! Tests of the store on real SQLite: one file a subject, one program, so that it is linked once.

mod acts;
mod advertising;
mod agreement;
mod any_order;
mod audio;
mod calls;
mod due_work;
mod erasure;
mod evidence;
mod hand_over;
mod imports;
mod migrations;
mod money;
mod one_time_codes;
mod operators;
mod opt_outs;
mod queue;
mod reports;
mod status_reports;
mod steps;
mod support;
mod tenancy;
mod turns;
mod verdicts;
mod window_overrides;
