mod engine;
mod files;
