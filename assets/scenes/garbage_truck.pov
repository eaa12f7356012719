// A white garbage truck (rear loader) on a street.
// effcam's own work, Apache-2.0. A sample image of the page, rendered to the JPEG beside it by
// scripts/render_scenes (POV-Ray 3.7, antialiased with +A0.1 +R3) at this
// size: 400x300

#version 3.7;
global_settings { assumed_gamma 1 }
#declare Body = rgb <.85,.86,.84>;
#declare Cab = rgb <.85,.86,.84>;
camera { location <-9, 3.2, -13> look_at <0.2, 1.55, 0> angle 38 right x*image_width/image_height }
light_source { <-25,40,-30> rgb 1.15 } light_source { <20,20,-40> rgb .25 shadowless }
sky_sphere { pigment { gradient y color_map { [0 rgb<.8,.86,.92>] [.6 rgb<.4,.6,.88>] } } }
plane { y, 0 pigment { granite scale .6 color_map { [0 rgb .22] [1 rgb .36] } } }
box { <-60,0,5>,<60,.18,40> pigment { rgb .55 } }
box { <-60,.1,8>,<60,.25,60> pigment { bozo scale .4 color_map { [0 rgb<.08,.2,.04>] [1 rgb<.2,.34,.1>] } } }
#declare R = seed(5);
#declare I = 0; union { #while (I < 2000) sphere { <(rand(R)-.4)*90, .5+rand(R)*5.5, 17+5*rand(R)>, .5+.6*rand(R) pigment { rgb <.1,.22,.06>*(.4+rand(R)) } normal { bumps 1 scale .1 } } #declare I = I+1; #end }
#declare Paint = finish { ambient .12 diffuse .7 specular .3 roughness .03 reflection .03 }
#declare Dark = texture { pigment { rgb .04 } finish { specular .2 } }
#declare Glass = texture { pigment { rgb <.05,.07,.1> } finish { specular .6 reflection .25 } }
#macro Wheel(X,Z) union {
  difference { cylinder { <X,.52,Z-.18>,<X,.52,Z+.18>,.52 } cylinder { <X,.52,Z-.3>,<X,.52,Z-.12>,.3 } pigment { rgb .05 } }
  cylinder { <X,.52,Z-.14>,<X,.52,Z+.1>,.3 pigment { rgb .6 } } cylinder { <X,.52,Z-.2>,<X,.52,Z>,.1 pigment { rgb .3 } } } #end
// truck drives toward -x
union {
  // cab
  union {
    intersection { box { <-4.6,.6,-1.15>,<-2.9,2.75,1.15> } plane { -x, 0 rotate z*-10 translate <-4.6,1.6,0> } pigment { Cab } finish { Paint } }
    box { <-4.65,1.62,-1>,<-4.3,2.5,1> texture { Glass } }
    box { <-4.25,1.65,-1.17>,<-3.3,2.45,-1.1> texture { Glass } }
    box { <-4.7,.5,-1.2>,<-4.5,.85,1.2> texture { Dark } }
    box { <-4.65,.95,-.7>,<-4.55,1.45,.7> pigment { rgb .15 } }
    cylinder { <-4.68,1.1,-.9>,<-4.5,1.1,-.9>,.13 pigment { rgb 1 } } cylinder { <-4.68,1.1,.9>,<-4.5,1.1,.9>,.13 pigment { rgb 1 } }
    box { <-4.5,1.6,-1.45>,<-4.4,2.1,-1.3> texture { Dark } } box { <-4.5,1.6,1.3>,<-4.4,2.1,1.45> texture { Dark } }
    box { <-4.4,2.75,-.8>,<-4.1,2.87,.8> pigment { rgb <.9,.5,.05> } }
    box { <-3.28,.7,-1.165>,<-3.25,2.5,-1.1> texture { Dark } }
  }
  box { <-4.4,.55,-.6>,<4,.85,.6> texture { Dark } }
  // body with ribs
  union {
    box { <-2.5,.95,-1.25>,<2.4,3.15,1.25> }
    cylinder { <-2.5,3.05,0>,<2.4,3.05,0>,1 scale <1,1,1> scale <1,.35,1.22> translate y*2.02 }
    #declare I = 0; #while (I < 8) box { <-2.45+.66*I,.95,-1.33>,<-2.33+.66*I,3.15,1.33> } #declare I = I+1; #end
    box { <-2.5,.95,-1.34>,<2.4,1.12,1.34> } box { <-2.5,3.03,-1.34>,<2.4,3.2,1.34> }
    // tailgate (hopper), slanted
    prism { linear_sweep linear_spline -1.28,1.28,6, <2.4,3.3>,<3.3,3.2>,<4.3,1.9>,<4.2,.75>,<2.4,.75>,<2.4,3.3> rotate -x*90 scale <1,1,-1>  }
    pigment { Body } finish { Paint } }
  box { <3.5,1,-1>,<4.35,1.8,1> texture { Dark } }
  cylinder { <2.7,2.9,-1.38>,<3.9,1.2,-1.38>,.09 pigment { rgb .7 } finish { specular .5 } }
  box { <-2.5,1.9,-1.27>,<1.8,2.2,-1.255> pigment { rgb <.1,.4,.15> } }
  Wheel(-3.7,-1) Wheel(-3.7,1) Wheel(1.2,-1) Wheel(1.2,1) Wheel(2.4,-1) Wheel(2.4,1)
}
