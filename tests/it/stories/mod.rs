//! What a user would tell, one file per vendor.

mod balesotomatis;
mod cekat;
mod heltar;
mod myoperator;
mod myoperator_calls;
mod myoperator_clients;
mod myoperator_contacts;
mod myoperator_whatsapp;
mod omnichat;
mod omnichat_clients;
mod omnichat_data;
mod omnichat_messages;
mod omnichat_rooms;
mod omnichat_webhooks;
